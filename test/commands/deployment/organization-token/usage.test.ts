import {expect} from 'chai'

import {ids} from '../../../astro-api/world.js'
import {jwt} from '../../../lib/support.js'
import {json} from '../../../support/run-command.js'
import {createEmulated} from '../../emulated.js'
import {ADD_CASES, LIST_CASES} from './usage-table.js'

const onEtl = ['--deployment-id', ids.deployments.etlProd]

const on = createEmulated()

describe('errors before anything is sent', () => {
  before(on.start)

  after(on.stop)

  afterEach(() => {
    expect(on.sent()).to.deep.equal([])
    on.reset()
  })

  for (const [command, cases] of [
    ['add', ADD_CASES],
    ['list', LIST_CASES],
  ] as const) {
    for (const [title, argv, words] of cases) {
      it(`${command} rejects ${title}, with the same exit code as with --json`, async () => {
        const isJson = argv.includes('--json')
        const plain = await on.run(command, argv)
        const asJson = isJson ? plain : await on.run(command, ['--json', ...argv])

        if (!isJson) expect(plain).to.deep.include({exit: 2, stdout: ''})
        expect(isJson ? plain.stdout : plain.stderr).to.match(words)
        expect(plain.error).to.deep.include({oclif: {exit: 2}, skipOclifErrorHandling: true})
        expect(asJson).to.deep.include({exit: 2, stderr: ''})
        expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
        expect(json(asJson)).to.have.nested.property('error.hint').with.length.above(10)
      })
    }
  }

  const HELP = 'astro deployment organization-token add --help'
  for (const [title, argv, stderr] of [
    [
      'suggests the flag that a mistyped flag is close to',
      ['--dry-rum', 'x'],
      `Error: Nonexistent flag: --dry-rum\nDid you mean --dry-run? See the flags: ${HELP}\n`,
    ],
    [
      'points to the help if no flag is close',
      ['--zzzzzzzzzz', 'x'],
      `Error: Nonexistent flag: --zzzzzzzzzz\nSee the flags: ${HELP}\n`,
    ],
    ['shows how to pass a name', ['ci-pipeline', ...onEtl], 'organization-token add --org-token-name ci-pipeline\n'],
    ['quotes the name for a shell', ["it's mine", ...onEtl], String.raw`add --org-token-name 'it'\''s mine'`],
  ] as const) {
    it(title, async () => {
      const run = await on.run('add', argv)
      expect(run.exit).to.equal(2)
      expect(run.stderr).to.contain(stderr)
    })
  }

  it('does not repeat a credential that was passed as a flag', async () => {
    const secret = on.api.apiToken()
    const run = await on.run('add', [`--tokn=${secret}`, '--json'])
    expect(run.exit).to.equal(2)
    expect(run.stdout + run.stderr).not.to.contain(secret)
  })

  describe('a missing or unusable credential', () => {
    it('is unauthenticated', async () => {
      const [exit, document] = await on.runJson('list', onEtl, {
        env: {ASTRO_API_TOKEN: '', ASTRO_DOMAIN: 'astronomer.io'},
      })

      expect([exit, document]).to.deep.equal([
        4,
        {
          error: {
            kind: 'unauthenticated',
            message: 'Not authenticated to astronomer.io.',
            exit: 4,
            hint: 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer.io',
          },
        },
      ])
    })

    for (const value of [jwt({exp: 1_000_000_000}), 'not.a.token', 'secret-in-the-wrong-variable']) {
      it(`is never repeated: ${value.slice(0, 8)}`, async () => {
        const run = await on.run('list', onEtl, {env: {ASTRO_API_TOKEN: value}})
        expect(run.exit).to.equal(4)
        expect(run.stderr).not.to.contain(value)
      })
    }

    it('is not sent to a domain that is not Astro', async () => {
      const [exit, document] = await on.runJson('list', onEtl, {env: {ASTRO_DOMAIN: 'astronomer.io.evil.example'}})
      expect(exit).to.equal(2)
      expect(document).to.have.nested.property('error.kind', 'unsupported')
    })
  })
})
