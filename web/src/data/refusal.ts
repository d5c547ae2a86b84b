/** What a request can end with instead of a result. */

/** What of it can be kept, and shown in the reader's language. */
export interface Failure {
  /** The contract's, or `lost`; null where neither the server nor the network is the cause. */
  readonly code: string | null
  readonly message: string
  readonly retryAfter: number | null
}

export function failure(error: unknown): Failure {
  const { message } = error as Error
  if (!(error instanceof Refused || error instanceof Lost)) return { code: null, message, retryAfter: null }
  return { code: error.code, message, retryAfter: error.retryAfter }
}

/** The server refused: `code` is one of the contract's, `message` says to a person what to do. */
export class Refused extends Error {
  readonly code: string
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.data = data
  }

  /** Seconds to wait before the same may be asked again; null where waiting does not help. */
  get retryAfter(): number | null {
    if (this.code === 'rate_limited') return Number(this.data.retry_after ?? 1)
    return this.code === 'overloaded' || this.code === 'unavailable' ? 3 : null
  }
}

/** No answer came: the connection broke, or its deadline passed. What was asked may or may not have happened. */
export class Lost extends Error {
  readonly code = 'lost'
  readonly retryAfter = null

  constructor(why = 'the connection broke before the answer came') {
    super(why)
    this.name = 'Lost'
  }
}
