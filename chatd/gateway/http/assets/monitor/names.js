// What streams and accounts are called, asked for one at a time as anybody would, and remembered.
// What the account may not see has no name here either.

const MOST = 5000

export class Names {
  #api
  #known = new Map()
  #wanted = []
  #asking = false

  constructor(api) {
    this.#api = api
  }

  /** The name of an account's id; what is none, such as `system`, is its own. */
  account(id) {
    return /^[0-9A-Z]{26}$/.test(id) ? this.#name(`account/${id}`) || id : id
  }

  /** The name of a stream, or null. */
  stream(stream) {
    return this.#name(stream)
  }

  /** What an event says that its stream is called. */
  learn(event) {
    const { name } = event.data
    if (/^(room|space)\//.test(event.stream) && typeof name === 'string') this.#known.set(event.stream, name)
  }

  #name(stream) {
    if (!this.#known.has(stream)) {
      if (this.#known.size >= MOST) this.#known.clear()
      this.#known.set(stream, null)
      this.#wanted.push(stream)
      this.#work()
    }
    return this.#known.get(stream)
  }

  async #work() {
    if (this.#asking) return
    this.#asking = true
    for (let stream = this.#wanted.pop(); stream; stream = this.#wanted.pop()) {
      const name = await this.#ask(stream).catch(() => null)
      if (name) this.#known.set(stream, name)
    }
    this.#asking = false
  }

  async #ask(stream) {
    const [kind, id] = stream.split('/')
    if (kind === 'account') return (await this.#api.get('/accounts/find', { account: id })).account.name
    if (kind === 'space') return (await this.#api.get(`/spaces/${id}`)).space.name
    if (kind === 'room') return (await this.#api.get(`/rooms/${id}`)).room.name || 'direct room'
    return null
  }
}
