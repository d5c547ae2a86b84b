/** The place in the log up to which this client has applied all that it was sent. */

export interface Cursor {
  readonly epoch: string
  readonly position: number
  readonly hash?: string
}
