import {type SimulatedWriter, type Travel} from './settle-simulation.js'

/** What a random schedule is made from; `seed` decides everything else. */
export interface Shape {
  readonly seed: number
  readonly writers: number
  /** The longest round trip, in milliseconds. */
  readonly longest: number
  /** All writers start within so many milliseconds. */
  readonly spread: number
  /** The part of the responses to writes that are lost. */
  readonly lossRate?: number
}

/** Half of the round trips are close to the longest, where writers disturb each other most. */
export function randomWriters(shape: Shape): SimulatedWriter[] {
  const {longest, lossRate = 0, seed, spread, writers} = shape
  const random = createRandom(seed)
  const travel = (): Travel => {
    const part = random() < 0.5 ? random() : 1 - random() / 50
    const roundTrip = part * longest
    const request = roundTrip * random()
    return [request, roundTrip - request]
  }

  return Array.from({length: writers}, (_, index) => ({
    deploymentId: `d${index}`,
    action: (['add', 'update', 'remove', 'keep'] as const)[Math.floor(random() * 4)] ?? 'add',
    startsAt: random() * spread,
    random,
    travel,
    losesResponse: () => random() < lossRate,
  }))
}

/** Park and Miller's generator of numbers from 0 to below 1. */
function createRandom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return (state - 1) / 2_147_483_646
  }
}

/** A writer whose every step is decided. */
export interface ScriptedWriter extends Pick<SimulatedWriter, 'action' | 'deploymentId' | 'startsAt'> {
  /** Its round trips, each as `request+response` in milliseconds; further ones take 10 each way. */
  readonly trips: string
  /** How much longer than SECONDS each wait is, as a part of half of SECONDS; further ones are as short as can be. */
  readonly waits?: readonly number[]
}

export function scriptedWriter({trips, waits = [], ...writer}: ScriptedWriter): SimulatedWriter {
  const nextTrips = trips.split(' ').map((trip): Travel => {
    const [request = 0, response = 0] = trip.split('+').map(Number)
    return [request, response]
  })
  const nextWaits = [...waits]
  return {...writer, random: () => nextWaits.shift() ?? 0, travel: () => nextTrips.shift() ?? [10, 10]}
}
