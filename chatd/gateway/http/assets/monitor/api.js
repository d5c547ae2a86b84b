// Asks the server over REST, as anybody does who has a token. There is no other way to its data.

const SECONDS = 30 // that an answer may take; the log is asked to wait 20

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `the server answered with ${status}`)
    this.status = status
    this.code = problem.code || ''
  }
}

export class Api {
  #token // nowhere else: not in the address, not in the document

  constructor(token) {
    this.#token = token
  }

  /** The result of a query. Throws Refused, or TypeError when the server cannot be reached. */
  async get(path, fields = {}) {
    const url = new URL(`/api/v1${path}`, location.origin)
    for (const [name, value] of Object.entries(fields)) {
      if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value)
    }
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${this.#token}` },
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(SECONDS * 1000),
    })
    const body = await response.json()
    if (!response.ok) throw new Refused(response.status, body)
    return body
  }
}
