import {expect} from 'chai'
import {readFile} from 'node:fs/promises'

import {readSurface} from './surface.js'

const ACCEPTED = new URL('surface.json', import.meta.url)

describe('the surface', () => {
  it('is the one that was accepted; `npm run generate:surface` accepts a change', async () => {
    const accepted: unknown = JSON.parse(await readFile(ACCEPTED, 'utf8'))

    expect(JSON.parse(await readSurface())).to.deep.equal(accepted)
  })
})
