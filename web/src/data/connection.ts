/** One WebSocket: requests out, replies, events and signals in. It never reconnects; `link.ts` does. */

import { kindOf, type Requests } from '../wire/contract'
import { Lost, Refused } from './refusal'

export type RequestName = keyof Requests
export type DataOf<N extends RequestName> = Requests[N]['data']
export type ResultOf<N extends RequestName> = Requests[N]['result']

/** A fact of the log, as it came. `data` is `{}` where the account may not see it in full. */
export interface EventFrame {
  readonly event: string
  readonly stream: string
  readonly seq: number
  readonly position: number
  readonly hash?: string
  readonly at: number
  readonly by: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What is true now and not logged. */
export interface SignalFrame {
  readonly signal: string
  readonly stream: string
  readonly by: string
  readonly data: Readonly<Record<string, unknown>>
}

export type Push = EventFrame | SignalFrame

interface Reply {
  readonly id: number | null
  readonly result?: unknown
  readonly error?: { code: string; message: string; data?: Record<string, unknown> }
}

interface Asked {
  resolve(result: unknown): void
  reject(error: Error): void
  timer: ReturnType<typeof setTimeout>
}

export interface Ended {
  readonly code: number
  readonly reason: string
}

export interface Heard {
  /** Events and signals of one message, in order. */
  frames(frames: readonly Push[]): void
  ended(how: Ended): void
  /** A frame that cannot be read. The connection is closed after it. */
  garbled?(text: string): void
}

export const ANSWER_MS = 20_000
const CONNECT_MS = 10_000
const SUBPROTOCOL = 'chatd.v1.json'

/** The code of a connection that ended because the other side sent what cannot be read. */
export const GARBLED = 4901
/** What closes a connection from this side, when the other one only seems to be there. */
const NO_ANSWER: Ended = { code: 4900, reason: 'no answer' }

export class Connection {
  /** When anything last came, by `performance.now()`. */
  heardAt = performance.now()
  private readonly asked = new Map<number, Asked>()
  private nextId = 1
  private over: Ended | null = null
  private heard: Heard = { frames: () => undefined, ended: () => undefined }

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => this.take(String(data))
    socket.onclose = ({ code, reason }) => this.end({ code, reason })
    socket.onerror = () => undefined // a close follows
  }

  /** Opens a socket; rejects with `Lost` when that fails or takes longer than `CONNECT_MS`. */
  static open(url: string, deadline = CONNECT_MS): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let socket: WebSocket
      try {
        socket = new WebSocket(url, SUBPROTOCOL)
      } catch {
        reject(new Lost('this address cannot be connected to'))
        return
      }
      // A socket that a policy forbids fires nothing at all, so the deadline is not only for slow networks.
      const timer = setTimeout(() => {
        socket.onclose = null
        socket.close()
        reject(new Lost('the server does not answer'))
      }, deadline)
      socket.onerror = () => undefined // a close follows
      socket.onopen = () => {
        clearTimeout(timer)
        resolve(new Connection(socket))
      }
      socket.onclose = () => {
        clearTimeout(timer)
        reject(new Lost('the server cannot be reached'))
      }
    })
  }

  hear(heard: Heard): void {
    this.heard = heard
    if (this.over !== null) heard.ended(this.over)
  }

  /** Asks, and waits at most `deadline` milliseconds. Rejects with `Refused` or `Lost`. */
  ask<N extends RequestName>(name: N, data: DataOf<N>, deadline = ANSWER_MS): Promise<ResultOf<N>> {
    return new Promise((resolve, reject) => {
      if (this.over !== null) {
        reject(new Lost())
        return
      }
      const id = this.nextId++
      const timer = setTimeout(() => {
        this.asked.delete(id)
        reject(new Lost('the server did not answer in time'))
      }, deadline)
      this.asked.set(id, { resolve: resolve as (result: unknown) => void, reject, timer })
      this.socket.send(JSON.stringify({ id, [kindOf(name)]: name, data }))
    })
  }

  close(how: Ended = { code: 1000, reason: '' }): void {
    this.socket.onclose = null
    this.socket.close(how.code === 1000 ? 1000 : undefined)
    this.end(how)
  }

  /** Closes a connection on which nothing comes any more, without waiting for the other side to agree. */
  abandon(): void {
    this.close(NO_ANSWER)
  }

  private take(text: string): void {
    this.heardAt = performance.now()
    const pushed: Push[] = []
    for (const line of text.split('\n')) {
      const frame = parsed(line)
      if (frame === null || !isFrame(frame)) {
        this.heard.garbled?.(line)
        this.flush(pushed)
        this.close({ code: GARBLED, reason: 'a frame that cannot be read' })
        return
      }
      if ('event' in frame || 'signal' in frame) pushed.push(frame as Push)
      else {
        // Replies and events keep the order in which they came.
        this.flush(pushed)
        this.answer(frame as Reply)
      }
    }
    this.flush(pushed)
  }

  private flush(pushed: Push[]): void {
    if (pushed.length > 0) this.heard.frames(pushed.splice(0))
  }

  private answer(reply: Reply): void {
    const asked = typeof reply.id === 'number' ? this.asked.get(reply.id) : undefined
    if (asked === undefined) return
    this.asked.delete(reply.id as number)
    clearTimeout(asked.timer)
    if (reply.error !== undefined) {
      const { code, message, data } = reply.error
      asked.reject(new Refused(code, message, data))
    } else asked.resolve(reply.result)
  }

  private end(how: Ended): void {
    if (this.over !== null) return
    this.over = how
    for (const { reject, timer } of this.asked.values()) {
      clearTimeout(timer)
      reject(new Lost())
    }
    this.asked.clear()
    this.heard.ended(how)
  }
}

function parsed(line: string): object | null {
  try {
    const frame: unknown = JSON.parse(line)
    return typeof frame === 'object' && frame !== null && !Array.isArray(frame) ? frame : null
  } catch {
    return null
  }
}

/** Whether it has what every frame of its kind has; what is new in it, and new kinds, are let through. */
function isFrame(frame: object): boolean {
  if (!('event' in frame || 'signal' in frame)) return true
  const { stream, data, seq, position } = frame as Partial<EventFrame>
  if (typeof stream !== 'string' || typeof data !== 'object' || data === null) return false
  return 'signal' in frame || (Number.isSafeInteger(seq) && Number.isSafeInteger(position))
}

/** One request on a connection of its own, for what needs no session: signing in and up. */
export async function askOnce<N extends RequestName>(
  url: string,
  name: N,
  data: DataOf<N>,
): Promise<ResultOf<N>> {
  const connection = await Connection.open(url)
  try {
    return await connection.ask(name, data)
  } finally {
    connection.close()
  }
}
