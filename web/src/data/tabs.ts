/**
 * Several tabs of one account share one session. The tab that holds a Web Lock leads: it has the connection, hands
 * every frame on in order, and asks for the others. When it closes or crashes the lock goes to the next tab, which
 * resumes at its own cursor; a leader that is frozen and does not answer loses the lock. A tab that may have missed
 * something gets what the leader knows (`Kept`).
 *
 * The name of lock and channel carries account and version, so that tabs which do not understand each other share
 * nothing. Without Web Locks (a page that came over plain HTTP has none) each tab has a connection of its own.
 */

import { effect, signal } from '@preact/signals-core'
import type { SessionOpened } from '../wire/contract'
import { ANSWER_MS, type DataOf, type Push, type RequestName, type ResultOf } from './connection'
import type { Cursor } from './cursor'
import type { Kept } from './kept'
import type { Link, LinkOptions, Status } from './link'
import { nonce } from './nonce'
import { Lost, Refused } from './refusal'

/** Changes with what the tabs say to each other. */
const VERSION = 1
/** A tab that can be seen asks the leader so often whether it is there … */
const TICK_MS = 500
/** … and takes over after so many questions without an answer. */
const MOST_UNANSWERED = 4
/** What the way through the other tab may take beyond the leader's own deadline. */
const DETOUR_MS = 1_000

/** What of the browser's lock manager is used. */
export interface Locks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    work: () => Promise<unknown>,
  ): Promise<unknown>
}

/** What of a `BroadcastChannel` is used. */
export interface Channel {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => void) | null
  close(): void
}

export interface TabsOptions extends Pick<LinkOptions, 'cursor' | 'opened' | 'frames'> {
  readonly account: string
  readonly locks: Locks
  channel(name: string): Channel
  connect(options: Pick<LinkOptions, 'cursor' | 'opened' | 'frames'>): Link
  /** All that is known here, for a tab that joins. */
  kept(): Kept | null
  /** Takes what another tab knows. */
  restore(kept: Kept): void
  /** Whether a person can see this tab; the others leave it to it to watch the leader. */
  visible(): boolean
}

type Told =
  | { say: 'hello' | 'ping' | 'bye'; from: string }
  | { say: 'retry' | 'leading' }
  | { say: 'pong'; to: string }
  | { say: 'welcome'; to: string; kept: Kept | null; status: Status }
  | { say: 'status'; status: Status }
  | { say: 'opened'; opened: SessionOpened; before: Cursor | null }
  | { say: 'frames'; frames: readonly Push[]; before: Cursor | null }
  | { say: 'ask'; from: string; id: number; name: RequestName; data: never; deadline?: number }
  | { say: 'answer'; to: string; id: number; answer: Answer }

type Answer =
  | { result: unknown }
  | { refused: { code: string; message: string; data: Refused['data'] } }
  | { lost: string }

interface Asked {
  resolve(result: never): void
  reject(error: Error): void
  timer: ReturnType<typeof setTimeout>
}

export class TabsLink implements Link {
  readonly status = signal<Status>({ state: 'connecting' })
  /** Whether this tab has the connection. */
  readonly leads = signal(false)
  private readonly id = nonce()
  private readonly name: string
  private readonly channel: Channel
  private readonly asked = new Map<number, Asked>()
  private nextId = 1
  private closed = false
  /** Frames from the leader can be applied: nothing was missed. */
  private synced = false
  private unanswered = 0
  private readonly ticker: ReturnType<typeof setInterval>
  private queue = new AbortController()
  private socket: Link | null = null
  private stepDown: () => void = () => undefined
  /** Tabs in which somebody is. */
  private readonly attended = new Set<string>()
  /** What each tab watches: a session has one such list. */
  private readonly watched = new Map<string, readonly string[]>()

  constructor(private readonly options: TabsOptions) {
    this.name = `chatd-tabs-${VERSION}-${options.account}`
    this.channel = options.channel(this.name)
    this.channel.onmessage = ({ data }) => this.hear(data as Told)
    this.ticker = setInterval(() => this.tick(), TICK_MS)
    this.follow()
  }

  ask<N extends RequestName>(name: N, data: DataOf<N>, deadline: number = ANSWER_MS): Promise<ResultOf<N>> {
    if (this.socket !== null) return this.askSocket(this.id, name, data, deadline)
    if (this.status.value.state !== 'open')
      return Promise.reject(new Lost('there is no connection to the server'))
    return new Promise((resolve, reject) => {
      const id = this.nextId++
      const timer = setTimeout(() => {
        this.asked.delete(id)
        reject(new Lost('the server did not answer in time'))
      }, deadline + DETOUR_MS)
      this.asked.set(id, { resolve, reject, timer })
      this.tell({ say: 'ask', from: this.id, id, name, data: data as never, deadline })
    })
  }

  retry(): void {
    if (this.socket !== null) this.socket.retry()
    else this.tell({ say: 'retry' })
  }

  close(): void {
    if (this.closed) return
    this.tell({ say: 'bye', from: this.id })
    this.closed = true
    clearInterval(this.ticker)
    this.queue.abort()
    this.stepDown()
    this.lose()
    this.channel.onmessage = null
    this.channel.close()
    this.status.value = { state: 'ended', why: 'closed', reason: '' }
  }

  // --- following ---

  private follow(): void {
    this.synced = false
    this.unanswered = 0
    this.queue = new AbortController()
    this.tell({ say: 'hello', from: this.id })
    void this.wait({ signal: this.queue.signal })
  }

  /** Takes over from a leader that does not answer. */
  private steal(): void {
    this.unanswered = 0
    this.queue.abort()
    void this.wait({ steal: true })
  }

  private async wait(how: { steal?: boolean; signal?: AbortSignal }): Promise<void> {
    let held = false
    try {
      await this.options.locks.request(this.name, how, () => {
        held = true
        return this.lead()
      })
    } catch {
      // The lock was taken away, or this tab no longer waits for it.
      if (!held) return
      this.stepDown()
      if (!this.closed) this.follow()
    }
  }

  private tick(): void {
    if (this.socket !== null || this.closed || !this.options.visible()) return
    // Browsers let the timers of a leader that nobody sees run late.
    const { value } = this.status
    if (value.state === 'waiting' && Date.now() > value.until + TICK_MS) this.retry()
    if (this.unanswered >= MOST_UNANSWERED) this.steal()
    else {
      this.unanswered += 1
      // Who knows nothing yet, or has missed something, asks for all.
      this.tell({ say: this.synced ? 'ping' : 'hello', from: this.id })
    }
  }

  private hear(told: Told): void {
    if (this.closed) return
    if (this.socket !== null) this.hearFollower(told, this.socket)
    else this.hearLeader(told)
  }

  private hearLeader(told: Told): void {
    if ('to' in told && told.to !== this.id) return
    switch (told.say) {
      case 'welcome':
        this.unanswered = 0
        if (told.kept !== null && !this.synced) {
          this.options.restore(told.kept)
          this.synced = true
        }
        this.status.value = told.status
        return
      case 'leading':
        this.unanswered = 0
        this.lose()
        this.status.value = { state: 'connecting' }
        return
      case 'status':
        this.unanswered = 0
        // Whoever has joined but not heard how things stand is not open yet.
        if (told.status.state !== 'open' || this.synced) this.status.value = told.status
        return
      case 'opened':
        this.take(told.before, told.opened.resumed, () => this.options.opened(told.opened))
        return
      case 'frames':
        if (this.synced) this.take(told.before, true, () => this.options.frames(told.frames))
        return
      case 'answer':
        this.answered(told.id, told.answer)
        return
      case 'pong':
        this.unanswered = 0
    }
  }

  /** Takes what goes on from the leader's cursor, or asks how things stand if this tab is not as far. */
  private take(before: Cursor | null, goesOn: boolean, take: () => void): void {
    this.unanswered = 0
    const cursor = this.options.cursor()
    const reaches =
      cursor !== null &&
      before !== null &&
      cursor.epoch === before.epoch &&
      cursor.position >= before.position
    this.synced = !goesOn || reaches
    if (this.synced) take()
    else this.tell({ say: 'hello', from: this.id })
  }

  private answered(id: number, answer: Answer): void {
    const asked = this.asked.get(id)
    if (asked === undefined) return
    this.asked.delete(id)
    clearTimeout(asked.timer)
    if ('result' in answer) asked.resolve(answer.result as never)
    else if ('lost' in answer) asked.reject(new Lost(answer.lost))
    else asked.reject(new Refused(answer.refused.code, answer.refused.message, answer.refused.data))
  }

  /** The leader that was asked is gone. */
  private lose(): void {
    for (const { reject, timer } of this.asked.values()) {
      clearTimeout(timer)
      reject(new Lost())
    }
    this.asked.clear()
  }

  // --- leading ---

  /** Leads until this tab closes or the lock is taken away. */
  private lead(): Promise<void> {
    if (this.closed) return Promise.resolve()
    this.tell({ say: 'leading' })
    this.lose()
    const { options } = this
    const socket = options.connect({
      cursor: options.cursor,
      opened: (opened) => {
        if (this.socket === null) return
        const before = options.cursor()
        options.opened(opened)
        this.tell({ say: 'opened', opened, before })
      },
      frames: (frames) => {
        if (this.socket === null) return
        const before = options.cursor()
        options.frames(frames)
        this.tell({ say: 'frames', frames, before })
      },
    })
    this.socket = socket
    this.leads.value = true
    const forget = effect(() => {
      const status = socket.status.value
      this.status.value = status
      this.tell({ say: 'status', status })
    })
    return new Promise((resolve) => {
      this.stepDown = () => {
        this.stepDown = () => undefined
        forget()
        this.socket = null
        this.leads.value = false
        this.watched.clear()
        this.attended.clear()
        socket.close()
        this.status.value = { state: 'connecting' }
        resolve()
      }
    })
  }

  private hearFollower(told: Told, socket: Link): void {
    switch (told.say) {
      case 'hello':
        if (socket.status.value.state === 'ended') {
          // A page that was loaded anew may be one that the server understands: it leads.
          this.stepDown()
          this.follow()
          return
        }
        this.tell({ say: 'welcome', to: told.from, kept: this.options.kept(), status: socket.status.value })
        return
      case 'ping':
        this.tell({ say: 'pong', to: told.from })
        return
      case 'bye':
        this.watched.delete(told.from)
        if (this.attended.delete(told.from) && this.attended.size === 0)
          void socket.ask('presence.set', { state: 'away' }).catch(() => undefined)
        return
      case 'retry':
        socket.retry()
        return
      case 'ask':
        void this.askFor(told.from, told.id, told.name, told.data, told.deadline)
    }
  }

  private async askFor<N extends RequestName>(
    to: string,
    id: number,
    name: N,
    data: DataOf<N>,
    deadline?: number,
  ): Promise<void> {
    let answer: Answer
    try {
      answer = { result: await this.askSocket(to, name, data, deadline) }
    } catch (error) {
      answer =
        error instanceof Refused
          ? { refused: { code: error.code, message: error.message, data: error.data } }
          : { lost: (error as Error).message }
    }
    this.tell({ say: 'answer', to, id, answer })
  }

  private askSocket<N extends RequestName>(
    tab: string,
    name: N,
    data: DataOf<N>,
    deadline?: number,
  ): Promise<ResultOf<N>> {
    const socket = this.socket as Link
    if (name === 'presence.set') {
      const { state } = data as DataOf<'presence.set'>
      // A person is away when they are in none of the tabs.
      if (state === 'away') this.attended.delete(tab)
      else if (state === 'online') this.attended.add(tab)
      if (state === 'away' && this.attended.size > 0) return Promise.resolve({} as ResultOf<N>)
    }
    if (name !== 'presence.watch') return socket.ask(name, data, deadline)
    this.watched.set(tab, (data as DataOf<'presence.watch'>).accounts)
    return socket.ask(name, { accounts: this.allWatched() } as DataOf<N>, deadline)
  }

  private allWatched(): string[] {
    return [...new Set([...this.watched.values()].flat())].slice(0, 500)
  }

  private tell(told: Told): void {
    if (!this.closed) this.channel.postMessage(told)
  }
}
