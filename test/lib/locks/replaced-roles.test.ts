import {expect} from 'chai'
import fc from 'fast-check'
import {mkdtempSync} from 'node:fs'
import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {hashOfRoles, openReplacedRoles, readRecord, recordWrite} from '../../../src/lib/locks/replaced-roles.js'

const NOW = Date.UTC(2026, 2, 10)
const ORGANIZATION = {entityType: 'ORGANIZATION', entityId: 'clorg', role: 'ORGANIZATION_MEMBER'}
const ON_D1 = {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'DEPLOYMENT_ADMIN'}
const ON_D2 = {entityType: 'DEPLOYMENT', entityId: 'd2', role: 'DEPLOYMENT_ADMIN'}
const DAG = {entityType: 'DAG', entityId: 'etl', deploymentId: 'd1', role: 'DAG_VIEWER'}
const A = [ORGANIZATION]
const B = [ORGANIZATION, ON_D1]
const C = [ORGANIZATION, ON_D1, ON_D2]

describe('replaced role sets', () => {
  describe('hashOfRoles', () => {
    it('is the same in any order, and whatever other fields there are', () => {
      const roles = [ORGANIZATION, ON_D1, ON_D2, DAG]
      for (const shuffled of fc.sample(fc.shuffledSubarray(roles, {minLength: 4}), 24)) {
        const more = shuffled.map((entry) => ({...entry, createdAt: 'later'}))
        expect(hashOfRoles(more)).to.equal(hashOfRoles(roles))
      }
    })

    it('differs with any field of any entry', () => {
      const variants = [
        [DAG],
        [DAG, ON_D1],
        [{...DAG, entityType: 'DAG_TAG'}],
        [{...DAG, entityId: 'elt'}],
        [{...DAG, deploymentId: 'd2'}],
        [{...DAG, deploymentId: undefined}],
        [{...DAG, role: 'DAG_AUTHOR'}],
        [],
      ]

      expect(new Set(variants.map((roles) => hashOfRoles(roles))).size).to.equal(variants.length)
    })

    it('takes a missing and a null Deployment for the same', () => {
      expect(hashOfRoles([{...ON_D1, deploymentId: null}])).to.equal(hashOfRoles([ON_D1]))
    })
  })

  describe('the note of replaced role sets', () => {
    let folder: string
    let path: string

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'astro-roles-'))
      path = join(folder, 'x.roles')
    })

    it('is empty if there is none', async () => {
      expect(await readRecord(path, NOW)).to.deep.equal({written: undefined, replaced: new Set()})
    })

    it('has what was replaced in the last minute, and what was written last', async () => {
      await recordWrite(path, {replaced: 'a', written: 'b', at: NOW})
      await recordWrite(path, {replaced: 'b', written: 'c', at: NOW + 59_000})

      expect(await readRecord(path, NOW + 60_000)).to.deep.equal({written: 'c', replaced: new Set(['a', 'b'])})
      expect(await readRecord(path, NOW + 60_001)).to.deep.equal({written: 'c', replaced: new Set(['b'])})
      expect(await readRecord(path, NOW + 120_000)).to.deep.equal({written: undefined, replaced: new Set()})
    })

    it('forgets what a clock that was set back puts into the future', async () => {
      await recordWrite(path, {replaced: 'a', written: 'b', at: NOW + 3_600_000})

      expect((await readRecord(path, NOW)).replaced).to.deep.equal(new Set())
    })

    it('is one file that only the user can write, and that does not grow without end', async () => {
      for (let write = 0; write < 250; write++) {
        await recordWrite(path, {replaced: `r${write}`, written: `w${write}`, at: NOW})
      }

      expect(await readdir(folder)).to.deep.equal(['x.roles'])
      expect((await readRecord(path, NOW)).replaced.size).to.equal(200)
      expect((await readRecord(path, NOW)).written).to.equal('w249')
      if (process.platform !== 'win32') expect((await stat(path)).mode % 0o1000).to.equal(0o644)
    })

    for (const damaged of ['', '{', 'null', '{"writes": []}', '[null, 1, {"at": "x"}]']) {
      it(`is empty if it is damaged: ${JSON.stringify(damaged)}`, async () => {
        await writeFile(path, damaged)

        expect(await readRecord(path, NOW)).to.deep.equal({written: undefined, replaced: new Set()})
        await recordWrite(path, {replaced: 'a', written: 'b', at: NOW})
        expect(await readRecord(path, NOW)).to.deep.equal({written: 'b', replaced: new Set(['a'])})
      })
    }

    it('does not fail if it cannot be written', async () => {
      await mkdir(path)

      await recordWrite(path, {replaced: 'a', written: 'b', at: NOW})
      await recordWrite(join(folder, 'not', 'there'), {replaced: 'a', written: 'b', at: NOW})

      expect(await readdir(folder)).to.deep.equal(['x.roles'])
    })

    it('holds hashes and no roles', async () => {
      const replaced = await openReplacedRoles(path, () => NOW)

      await replaced.record(A, B)

      expect(await readFile(path, 'utf8')).not.to.match(/DEPLOYMENT|clorg|d1/)
    })
  })

  describe('a read of roles', () => {
    let path: string
    const open = async (at = NOW) => openReplacedRoles(path, () => at)

    beforeEach(() => {
      path = join(mkdtempSync(join(tmpdir(), 'astro-roles-')), 'x.roles')
    })

    it('is of unknown age before any write', async () => {
      expect((await open()).classify(A)).to.equal('unknown')
    })

    it('is current if it shows the last write, and stale if it shows what a write replaced', async () => {
      const first = await open()
      await first.record(A, B)
      await first.record(B, C)

      for (const replaced of [first, await open()]) {
        expect(replaced.classify(C)).to.equal('current')
        expect(replaced.classify([...C].toReversed())).to.equal('current')
        expect(replaced.classify(A)).to.equal('stale')
        expect(replaced.classify(B)).to.equal('stale')
        expect(replaced.classify([ON_D2])).to.equal('unknown')
      }
    })

    it('is current if a later write brought back what an earlier one had replaced', async () => {
      const replaced = await open()
      await replaced.record(A, B)
      await replaced.record(B, A)

      expect(replaced.classify(A)).to.equal('current')
      expect(replaced.classify(B)).to.equal('stale')
    })

    it('is not stale any more a minute later', async () => {
      await (await open()).record(A, B)

      expect((await open(NOW + 60_001)).classify(A)).to.equal('unknown')
    })
  })
})
