// Follows the log: the newest events first of all, then each as it comes. Asks `event.list`, which shows an admin's
// account no more of an event than its queries would.

import { Refused } from './api.js'

const KEPT = 3000 // events
const BACK = 500 // positions before the end of the log at which it begins
const PAGE = 250
const WAIT = 20 // seconds
const PATIENCE = 3000 // milliseconds before the next try

export class Tail {
  #api
  #names
  #changed
  #run = 0

  constructor(api, names, changed) {
    this.#api = api
    this.#names = names
    this.#changed = changed
    this.events = []
    this.problem = ''
    this.stream = ''
  }

  /** Begins anew, with the events of one stream only, or of all. */
  async follow(stream = '') {
    const run = ++this.#run
    this.stream = stream
    this.events = []
    let place = null
    while (run === this.#run) {
      try {
        place ??= await this.#beginning()
        const page = await this.#api.get('/log', { ...place, stream, limit: PAGE, wait: WAIT })
        if (run !== this.#run) return
        this.problem = ''
        place = { after: page.position, hash: page.hash }
        for (const event of page.events) this.#names.learn(event)
        if (page.events.length) this.events = [...page.events.reverse(), ...this.events].slice(0, KEPT)
      } catch (error) {
        if (run !== this.#run) return
        this.problem = error.message
        if (error instanceof Refused && error.code === 'conflict') place = null // another history: an older copy
        await new Promise((resolve) => setTimeout(resolve, PATIENCE))
      }
      this.#changed()
    }
  }

  stop() {
    this.#run += 1
  }

  async #beginning() {
    const { position } = await this.#api.get('/log')
    return { after: Math.max(0, position - BACK) }
  }
}
