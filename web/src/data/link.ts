/**
 * A session that stays: it connects, opens, resumes at the cursor, and comes back when the connection breaks.
 *
 * `ask` works while the session is open, else it rejects with `Lost` at once; what must not be lost waits in the
 * outbox. Another tab's link (`tabs.ts`) has the same shape.
 */

import { type ReadonlySignal, signal } from '@preact/signals-core'
import type { SessionOpened } from '../wire/contract'
import {
  Connection,
  type DataOf,
  type Ended,
  GARBLED,
  type Push,
  type RequestName,
  type ResultOf,
} from './connection'
import type { Cursor } from './cursor'
import { Lost, Refused } from './refusal'

/**
 * Why there is no connection: there is no way to the server (`lost`), it sends what cannot be read (`garbled`), or it
 * says that it cannot take anybody now (`busy`).
 */
export type Trouble = 'lost' | 'garbled' | 'busy'

export type Status =
  /** `why`: what ended the last try, or the session before; there was none at first. */
  | { readonly state: 'connecting'; readonly why?: Trouble | undefined }
  | { readonly state: 'open' }
  /** `until` is Unix milliseconds: when the link tries again. */
  | { readonly state: 'waiting'; readonly until: number; readonly why: Trouble; readonly reason: string }
  /** The link does not come back by itself: `signed_out` asks for signing in. */
  | { readonly state: 'ended'; readonly why: 'signed_out' | 'closed' | 'broken'; readonly reason: string }

export interface Link {
  readonly status: ReadonlySignal<Status>
  /** Of several tabs that share a connection: whether this one has it. */
  readonly leads?: ReadonlySignal<boolean>
  ask<N extends RequestName>(name: N, data: DataOf<N>, deadline?: number): Promise<ResultOf<N>>
  /** Tries now instead of waiting, or looks whether an open connection still answers. */
  retry(): void
  close(): void
}

export interface LinkOptions {
  readonly url: string
  /** An access token. `fresh`: the last one was refused. Rejects with `Refused` when the device has ended. */
  token(fresh: boolean): Promise<string>
  cursor(): Cursor | null
  /** Before any event of the session. */
  opened(opened: SessionOpened): void
  frames(frames: readonly Push[]): void
  /** 0 to 1; tests give their own. */
  random?(): number
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** The server's pings are unseen by a page, so silence is asked about. */
const SILENCE_MS = 45_000
const PROBE_MS = 6_000
const PROBE_EVERY_MS = 5_000
/** A session that lasted so long starts the waiting times anew. */
const STEADY_MS = 10_000

export class SocketLink implements Link {
  readonly status = signal<Status>({ state: 'connecting' })
  private connection: Connection | null = null
  private failures = 0
  private closed = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly prober: ReturnType<typeof setInterval>
  private probing = false
  private openedAt = 0
  /** The server refused the token that was given last: perhaps only this machine's clock is wrong. */
  private tokenRefused = false

  constructor(private readonly options: LinkOptions) {
    this.prober = setInterval(() => this.probeSilence(), PROBE_EVERY_MS)
    void this.connect()
  }

  ask<N extends RequestName>(name: N, data: DataOf<N>, deadline?: number): Promise<ResultOf<N>> {
    if (this.connection === null || this.status.value.state !== 'open')
      return Promise.reject(new Lost('there is no connection to the server'))
    const { connection } = this
    return connection.ask(name, data, deadline).catch((error) => {
      // An answer that does not come may mean that nothing does any more.
      if (error instanceof Lost && this.connection === connection) void this.probe()
      throw error
    })
  }

  retry(): void {
    if (this.closed) return
    if (this.status.value.state === 'open') void this.probe()
    else if (this.status.value.state !== 'connecting') {
      clearTimeout(this.timer)
      void this.connect()
    }
  }

  close(): void {
    this.end('closed', '')
  }

  private async connect(): Promise<void> {
    clearTimeout(this.timer)
    const before = this.status.value
    this.status.value = { state: 'connecting', why: before.state === 'waiting' ? before.why : undefined }
    try {
      const token = await this.options.token(this.tokenRefused).catch((error) => {
        // Whatever is wrong with what is kept of the account, signing in again mends it.
        if (error instanceof Refused && error.retryAfter === null)
          throw new Refused('unauthenticated', error.message)
        throw error
      })
      if (this.closed) return
      const connection = await Connection.open(this.options.url)
      if (this.closed) {
        connection.close()
        return
      }
      await this.open(connection, token)
    } catch (error) {
      this.failed(error)
    }
  }

  private async open(connection: Connection, token: string): Promise<void> {
    // Events may come in the same message as the reply, and wait for it here.
    const early: Push[] = []
    let ready = false
    let over: Ended | null = null
    connection.hear({
      frames: (frames) => {
        if (ready) this.options.frames(frames)
        else early.push(...frames)
      },
      ended: (how) => {
        over = how
        if (this.connection === connection) this.broke(how)
      },
    })
    this.connection = connection
    try {
      const opened = await connection.ask('session.open', {
        token,
        cursor: this.options.cursor() ?? undefined,
      })
      if (this.closed) return
      this.options.opened(opened)
      ready = true
      if (early.length > 0) this.options.frames(early)
      this.openedAt = performance.now()
      this.tokenRefused = false
      this.status.value = { state: 'open' }
      // It may have ended right behind the answer.
      if (over !== null) this.broke(over)
    } catch (error) {
      if (this.connection === connection) this.connection = null
      connection.close()
      if (error instanceof Refused && error.code === 'unauthenticated' && !this.tokenRefused) {
        this.tokenRefused = true
        throw new Lost('the access token was too old')
      }
      throw error
    }
  }

  private broke(how: Ended): void {
    const opened = this.status.value.state === 'open'
    this.connection = null
    if (this.closed || !opened) return // before the session was open, `connect` hears of it
    // A server that takes sessions and drops them at once is waited for as if it took none.
    if (performance.now() - this.openedAt > STEADY_MS) this.failures = 0
    if (how.code === 4002) this.end('signed_out', how.reason)
    else if (how.code === GARBLED) this.wait('garbled')
    else this.wait('lost')
  }

  private failed(error: unknown): void {
    if (this.closed) return
    if (error instanceof Refused && (error.code === 'unauthenticated' || error.code === 'forbidden'))
      this.end('signed_out', error.message)
    else if (error instanceof Refused && error.retryAfter === null && error.code !== 'internal')
      this.end('broken', error.message)
    else if (error instanceof Refused) this.wait('busy', error.message, (error.retryAfter ?? 0) * 1000)
    else {
      this.wait('lost', (error as Error).message)
      if (!(error instanceof Lost)) console.error(error)
    }
  }

  /** Waits a random time that grows with each failure, so that all clients do not come back at once. */
  private wait(why: Trouble, reason = '', atLeast = 0): void {
    const random = this.options.random ?? Math.random
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures)
    this.failures += 1
    const wait = Math.round(atLeast + longest * (0.5 + random() / 2))
    this.status.value = { state: 'waiting', until: Date.now() + wait, why, reason }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.connect(), wait)
  }

  private end(why: 'signed_out' | 'closed' | 'broken', reason: string): void {
    if (this.closed) return
    this.closed = true
    clearTimeout(this.timer)
    clearInterval(this.prober)
    this.status.value = { state: 'ended', why, reason }
    this.connection?.close()
    this.connection = null
  }

  private probeSilence(): void {
    const connection = this.connection
    if (
      this.status.value.state === 'open' &&
      connection !== null &&
      performance.now() - connection.heardAt > SILENCE_MS
    )
      void this.probe()
  }

  private async probe(): Promise<void> {
    const connection = this.connection
    if (connection === null || this.probing) return
    this.probing = true
    try {
      await connection.ask('preferences.get', { limit: 1 }, PROBE_MS)
    } catch (error) {
      if (error instanceof Lost) connection.abandon()
    } finally {
      this.probing = false
    }
  }
}
