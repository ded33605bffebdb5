import {expect} from 'chai'
import fc from 'fast-check'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import fsPromises, {mkdir, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {
  type HashableRole,
  hashOfRoles,
  openReplacedRoles,
  readRecord,
  recordWrite,
} from '../../../src/lib/locks/replaced-roles.js'
import {failing, withReplaced} from './fake-system.js'

const NOW = Date.UTC(2026, 2, 10)
const NONE = {written: undefined, replaced: new Set()}
const WRITE = {replaced: 'a', written: 'b', at: NOW}
const role = (entityId: string): HashableRole => ({entityType: 'DEPLOYMENT', entityId, role: 'DEPLOYMENT_ADMIN'})
const [A, B, C] = [[role('d1')], [role('d1'), role('d2')], [role('d3'), role('d2')]]

function keyOf(roles: readonly HashableRole[]): string {
  const keys = roles.map((each) => `${each.entityType} ${each.entityId} ${each.deploymentId ?? ''} ${each.role}`)
  return keys.toSorted().join(', ')
}

describe('replaced role sets', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-roles-'))
    path = join(folder, 'x.roles')
  })

  afterEach(() => {
    rmSync(folder, {recursive: true})
  })

  it('have the same hash if and only if they have the same entries in any order, other fields aside', () => {
    const text = fc.constantFrom('a', 'b')
    const deploymentId = fc.constantFrom('a', 'b', '', null)
    const entry = fc.record({entityType: text, entityId: text, deploymentId, role: text, createdAt: fc.string()})
    const pair = fc
      .tuple(fc.array(entry, {maxLength: 3}), fc.record({deploymentId}), fc.boolean())
      .map(([roles, fields, isLike]) => {
        const [first, ...others] = roles
        return [roles, [...others, ...(first ? [isLike ? first : {...first, ...fields}] : [])]] as const
      })
    fc.assert(
      fc.property(pair, ([left, right]) => {
        expect(hashOfRoles(left) === hashOfRoles(right)).to.equal(keyOf(left) === keyOf(right))
      }),
    )
  })

  it('are remembered for a minute', async () => {
    await recordWrite(path, WRITE)
    await recordWrite(path, {replaced: 'b', written: 'c', at: NOW + 59_000})

    expect(await readRecord(path, NOW + 60_000)).to.deep.equal({written: 'c', replaced: new Set(['a', 'b'])})
    expect(await readRecord(path, NOW + 60_001)).to.deep.equal({written: 'c', replaced: new Set(['b'])})
    expect(await readRecord(path, NOW + 120_000)).to.deep.equal(NONE)
  })

  it('are forgotten if they were noted in the future, since the clock was set back', async () => {
    await recordWrite(path, {...WRITE, at: NOW + 60_001})

    expect(await readRecord(path, NOW)).to.deep.equal(NONE)
  })

  it('are noted in one file that only the user can change and that keeps the last 200 writes', async () => {
    writeFileSync(path, JSON.stringify(Array.from({length: 250}, (_, index) => ({...WRITE, replaced: `r${index}`}))))

    await recordWrite(path, {...WRITE, written: 'last'})

    const {replaced, written} = await readRecord(path, NOW)
    expect({written, first: [...replaced][0], size: replaced.size}).to.deep.equal({
      written: 'last',
      first: 'r51',
      size: 200,
    })
    expect(readdirSync(folder)).to.deep.equal(['x.roles'])
    if (process.platform !== 'win32') expect((await stat(path)).mode % 0o1000).to.equal(0o644)
  })

  const damaged = [
    '',
    '{',
    'null',
    '{"filter": 1}',
    '[null, 1]',
    ...(['at', 'replaced', 'written'] as const).map((key) => JSON.stringify([{...WRITE, [key]: null}])),
  ]
  for (const text of damaged) {
    it(`are none if the note is damaged: ${text}`, async () => {
      writeFileSync(path, text)

      expect(await readRecord(path, NOW)).to.deep.equal(NONE)
      await recordWrite(path, WRITE)
      expect(await readRecord(path, NOW)).to.deep.equal({written: 'b', replaced: new Set(['a'])})
    })
  }

  it('stay as they were, without an error, if the note cannot be written', async () => {
    await mkdir(path)

    await recordWrite(path, WRITE)
    expect(readdirSync(folder)).to.deep.equal(['x.roles'])
    await withReplaced(fsPromises, {rm: failing('EIO')}, async () => recordWrite(path, WRITE))
    await recordWrite(join(folder, 'not', 'there'), WRITE)
  })

  it('tell whether a read is current, stale or of unknown age', async () => {
    const first = await openReplacedRoles(path, () => NOW)
    expect(first.classify(A)).to.equal('unknown')
    await first.record(A, B)
    await first.record(B, C)

    for (const replaced of [first, await openReplacedRoles(path, () => NOW)]) {
      const reads = [A, B, C, C.toReversed(), [...A, ...C]].map((roles) => replaced.classify(roles))
      expect(reads).to.deep.equal(['stale', 'stale', 'current', 'current', 'unknown'])
    }

    expect(readFileSync(path, 'utf8')).not.to.contain('DEPLOYMENT')
    expect((await openReplacedRoles(path, () => NOW + 60_001)).classify(A)).to.equal('unknown')
  })

  it('are current if a later write brought them back', async () => {
    const replaced = await openReplacedRoles(path, () => NOW)
    await replaced.record(A, B)
    await replaced.record(B, A)

    expect([A, B].map((roles) => replaced.classify(roles))).to.deep.equal(['current', 'stale'])
  })
})
