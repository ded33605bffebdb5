import {expect} from 'chai'
import fc from 'fast-check'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {noteOf} from './fake-system.js'
import {simulateProcesses} from './lock-simulation.js'

/** The files that killed processes left, by the suffix of their path. */
const LEFT: readonly (readonly (readonly [suffix: string, text: string])[])[] = [
  [],
  [['', noteOf()]],
  [
    ['', noteOf()],
    ['.00000000000000aa', noteOf({id: '00000000000000bb'})],
  ],
  // A lock without its note.
  [['', '']],
]

const shape = (killedAfter: fc.Arbitrary<number>) =>
  fc.record({
    left: fc.constantFrom(...LEFT),
    killedAfter: fc.array(killedAfter, {minLength: 2, maxLength: 5}),
    delays: fc.array(fc.constantFrom(0, 1, 10, 200), {minLength: 5, maxLength: 40}),
    pauses: fc.array(fc.nat(60), {maxLength: 3}),
    hasLinks: fc.boolean(),
  })

describe('processes that want the same lock, simulated', () => {
  for (const [title, killedAfter] of [
    ['hold it one after the other, take over each dead lock once and leave nothing behind', fc.constant(Infinity)],
    ['hold it one after the other, whenever some are killed', fc.oneof(fc.nat(30), fc.constant(Infinity))],
  ] as const) {
    it(title, async () => {
      const property = fc.asyncProperty(shape(killedAfter), async ({left, ...each}) => {
        const folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
        for (const [suffix, text] of left) writeFileSync(join(folder, `x${suffix}`), text)
        const {killed, lost, most, succeeded, takeOvers} = await simulateProcesses(join(folder, 'x'), each)
        const files = readdirSync(folder)
        rmSync(folder, {recursive: true})

        expect({isAlone: most <= 1, lost, ended: killed + succeeded}).to.deep.equal({
          isAlone: true,
          lost: 0,
          ended: each.killedAfter.length,
        })
        if (killed === 0) expect({takeOvers, files}).to.deep.equal({takeOvers: left.length, files: []})
      })
      await fc.assert(property, {numRuns: 30})
    })
  }
})
