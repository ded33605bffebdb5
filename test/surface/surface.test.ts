import {expect} from 'chai'
import {readFileSync} from 'node:fs'

import {readSurface} from './surface.js'

describe('the surface', () => {
  it('is the accepted one; `npm run generate:surface` accepts a change', async () => {
    const accepted: unknown = JSON.parse(readFileSync(new URL('surface.json', import.meta.url), 'utf8'))
    expect(JSON.parse(await readSurface())).to.deep.equal(accepted)
  })
})
