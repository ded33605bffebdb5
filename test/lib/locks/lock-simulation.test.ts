import {expect} from 'chai'
import fc from 'fast-check'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {noteOf} from './fake-system.js'
import {type Shape, simulateProcesses} from './lock-simulation.js'

const DEAD_ID = '00000000000000aa'
/** What killed processes left. */
const LEFT: Readonly<Record<string, readonly (readonly [suffix: string, text: string])[]>> = {
  nothing: [],
  lock: [['', noteOf()]],
  claim: [
    ['', noteOf()],
    [`.${DEAD_ID}`, noteOf({id: '00000000000000bb'})],
  ],
  'lock without a note': [['', '']],
}

const shape = (killedAfter: fc.Arbitrary<number>): fc.Arbitrary<Shape> =>
  fc.record({
    killedAfter: fc.array(killedAfter, {minLength: 2, maxLength: 5}),
    delays: fc.array(fc.constantFrom(0, 1, 10, 200), {minLength: 5, maxLength: 40}),
    pauses: fc.array(fc.nat(60), {maxLength: 3}),
    hasLinks: fc.boolean(),
  })

/** Runs the processes in a folder of their own. */
async function simulate(left: string, each: Shape) {
  const folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
  const path = join(folder, 'x')
  for (const [suffix, text] of LEFT[left] ?? []) writeFileSync(path + suffix, text)
  const result = await simulateProcesses(path, each)
  const files = readdirSync(folder)
  rmSync(folder, {recursive: true})
  return {...result, files}
}

describe('processes that want the same lock, simulated', () => {
  const left = fc.constantFrom(...Object.keys(LEFT))

  it('hold it one after the other, take over each dead lock once and leave nothing behind', async () => {
    const property = fc.asyncProperty(left, shape(fc.constant(Infinity)), async (kind, each) => {
      const deadLocks = LEFT[kind]?.length ?? 0
      expect(await simulate(kind, each)).to.deep.equal({
        most: 1,
        succeeded: each.killedAfter.length,
        killed: 0,
        lost: 0,
        takeOvers: deadLocks,
        files: [],
      })
    })
    await fc.assert(property, {numRuns: 30})
  })

  it('hold it one after the other although some are killed, whenever that is', async () => {
    const property = fc.asyncProperty(left, shape(fc.oneof(fc.nat(30), fc.constant(Infinity))), async (kind, each) => {
      const {killed, lost, most, succeeded} = await simulate(kind, each)
      expect({lost, isAlone: most <= 1, ended: killed + succeeded}).to.deep.equal({
        lost: 0,
        isAlone: true,
        ended: each.killedAfter.length,
      })
    })
    await fc.assert(property, {numRuns: 30})
  })
})
