import {expect} from 'chai'
import fc from 'fast-check'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import fsPromises, {mkdir, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type HashableRole, openReplacedRoles} from '../../../src/lib/locks/replaced-roles.js'
import {failing, withReplaced} from './fake-system.js'

const NOW = Date.UTC(2026, 2, 10)
const text = fc.constantFrom('a', 'b')
const entry = fc.record({
  entityType: text,
  entityId: text,
  deploymentId: fc.constantFrom('a', '', null),
  role: text,
  createdAt: fc.string(),
})
const roleSet = fc.array(entry, {maxLength: 2})
const [A, B] = [[{entityType: 'DEPLOYMENT', entityId: 'd1', role: 'DEPLOYMENT_ADMIN'}], []]

/** Regardless of order and unknown fields. */
function keyOf(roles: readonly HashableRole[]): string {
  const keys = roles.map((each) => [each.entityType, each.entityId, each.deploymentId ?? '', each.role].join(' '))
  return keys.toSorted().join(', ')
}

describe('the record of replaced roles', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    path = join(folder, 'x.roles')
  })

  afterEach(() => {
    rmSync(folder, {recursive: true})
  })

  const classify = async (roles: typeof A, at = NOW) => (await openReplacedRoles(path, () => at)).classify(roles)
  const record = async (at: number) => (await openReplacedRoles(path, () => at)).record(A, B)

  it('tells current from stale roles, regardless of order and unknown fields, and also after it is reopened', async () => {
    const writes = fc.array(fc.tuple(roleSet, roleSet), {minLength: 1, maxLength: 3})
    const property = fc.asyncProperty(writes, roleSet, async (pairs, other) => {
      rmSync(path, {force: true})
      const first = await openReplacedRoles(path, () => NOW)
      expect(first.classify(other)).to.equal('unknown')
      for (const [replaced, written] of pairs) await first.record(replaced, written)

      for (const reopened of [first, await openReplacedRoles(path, () => NOW)]) {
        for (const roles of [...pairs.flat(), other]) {
          const isStale = pairs.some(([replaced]) => keyOf(replaced) === keyOf(roles))
          const isCurrent = keyOf(pairs.at(-1)?.[1] ?? []) === keyOf(roles)
          const otherAge = isStale ? 'stale' : 'unknown'
          expect(reopened.classify(roles.toReversed())).to.equal(isCurrent ? 'current' : otherAge)
        }
      }
    })
    await fc.assert(property, {numRuns: 30})
  })

  it('remembers writes for a minute, and none from the future', async () => {
    await record(NOW)

    const ages = []
    for (const ms of [60_000, 60_001, -60_001]) ages.push(await classify(A, NOW + ms))
    expect(ages).to.deep.equal(['stale', 'unknown', 'unknown'])
  })

  it('keeps a write that another process recorded meanwhile', async () => {
    const first = await openReplacedRoles(path, () => NOW)
    await record(NOW)
    await first.record(B, A)

    expect(await classify(A)).to.equal('current')
    expect(await classify(B)).to.equal('stale')
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.have.length(2)
  })

  it('keeps the last 200 writes as hashes in one file that only the user can change', async () => {
    await record(NOW)
    const [write] = JSON.parse(readFileSync(path, 'utf8')) as object[]
    writeFileSync(path, JSON.stringify(Array.from({length: 250}, (_, index) => ({...write, replaced: `r${index}`}))))

    await record(NOW)

    const writes = JSON.parse(readFileSync(path, 'utf8')) as object[]
    expect(writes).to.have.length(200)
    expect(writes.slice(-2)).to.deep.equal([{...write, replaced: 'r249'}, write])
    expect(readFileSync(path, 'utf8')).not.to.contain('DEPLOYMENT')
    expect(readdirSync(folder)).to.deep.equal(['x.roles'])
    if (process.platform !== 'win32') expect((await stat(path)).mode % 0o1000).to.equal(0o644)
  })

  it('starts over if the file is damaged', async () => {
    const whole = {at: NOW, replaced: 'a', written: 'b'}
    const parts = Object.keys(whole).map((key) => JSON.stringify([{...whole, [key]: null}]))
    for (const damaged of ['', '{', 'null', '{"filter": 1}', '[null, 1]', ...parts]) {
      writeFileSync(path, damaged)
      await record(NOW)

      expect(await classify(A), damaged).to.equal('stale')
      expect(JSON.parse(readFileSync(path, 'utf8'))).to.have.length(1)
    }
  })

  it('stays as it is, without an error, if the file cannot be written', async () => {
    await mkdir(path)

    await record(NOW)
    expect(readdirSync(folder)).to.deep.equal(['x.roles'])
    await withReplaced(fsPromises, {rm: failing('EIO')}, async () => record(NOW))
  })
})
