import {setTimeout as delay} from 'node:timers/promises'

import {type Clock} from '../lib/clock.js'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => delay(milliseconds),
  random: () => Math.random(),
}
