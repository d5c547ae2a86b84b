/**
 * A `chatd serve` process of a test's own, with an operator beside it who makes accounts, a space and rooms.
 * Whoever starts one closes it; its folder goes with it.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import type { DataOf, RequestName, ResultOf } from '../src/data/connection'
import { Refused } from '../src/data/refusal'
import { kindOf } from '../src/wire/contract'

const ROOT = resolve(import.meta.dirname, '../..')
const START_MS = 60_000

export interface Person {
  readonly id: string
  readonly name: string
  /** A bearer token: good for as long as the test lasts. */
  readonly token: string
}

export class Server {
  port = 0
  space = ''
  owner: Person = { id: '', name: '', token: '' }
  private readonly folder = mkdtempSync(join(tmpdir(), 'chatd-web-'))
  private process: ChildProcess | null = null
  private operator: Operator | null = null
  private code = ''
  private made = 0

  private constructor(private readonly settings: Readonly<Record<string, string>>) {}

  /** A server that runs, with one space and its owner. Settings are named as in the environment: `CHATD_…`. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
    const server = new Server(settings)
    await server.launch()
    server.owner = await server.account('owner')
    const { space } = await server.ask('space.create', { name: 'Town', owner: server.owner.id })
    server.space = space.id
    server.code = (await server.ask('invite.create', { space: space.id })).invite.code ?? ''
    return server
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`
  }

  /** Starts the process, on the port that it had before. */
  async launch(): Promise<void> {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CHATD_'))
    const child = spawn(
      join(ROOT, '.venv/bin/python'),
      [
        '-m',
        'chatd.cli',
        'serve',
        '--data',
        join(this.folder, 'data'),
        '--port',
        String(this.port),
        '--no-limits',
      ],
      {
        env: { ...Object.fromEntries(inherited), PYTHONPATH: ROOT, CHATD_SIGN_UP: 'open', ...this.settings },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    this.process = child
    let said = ''
    child.stderr?.on('data', (bytes) => {
      said = (said + String(bytes)).slice(-4000)
    })
    const listening = new Promise<void>((resolve, reject) => {
      const failed = (why: string) => {
        clearTimeout(timer)
        reject(new Error(`${why}: ${said}`))
      }
      const timer = setTimeout(() => failed('chatd did not start'), START_MS)
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const port = /^listening on http:\/\/.*:(\d+)/.exec(line)?.[1]
        if (port === undefined) return
        clearTimeout(timer)
        this.port = Number(port)
        resolve()
      })
      child.on('error', (error) => failed(`chatd did not start, ${error.message}`)) // there is no such Python
      child.on('exit', (status) => failed(`chatd ended with ${status}`))
    })
    await listening
    this.operator = await Operator.at(join(this.folder, 'data', 'admin.sock'))
  }

  /** What a power cut leaves of it. */
  async kill(how: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.operator?.close()
    this.operator = null
    const child = this.process
    this.process = null
    if (child === null) return
    const ended = once(child, 'exit')
    child.kill(how)
    await ended
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Asks as the operator. */
  ask<N extends RequestName>(name: N, data: DataOf<N>): Promise<ResultOf<N>> {
    if (this.operator === null) throw new Error('the server does not run')
    return this.operator.ask(name, data)
  }

  /** An account in no space. */
  async account(name = 'somebody'): Promise<Person> {
    this.made += 1
    const { account } = await this.ask('account.create', { name: `${name}${this.made}` })
    const { token } = await this.ask('account.token', { account: account.id })
    return { id: account.id, name: account.name, token }
  }

  /** An account in the space and in these rooms. */
  async member(...rooms: string[]): Promise<Person> {
    const person = await this.account('member')
    await this.as(person, async (ask) => {
      await ask('invite.accept', { code: this.code })
      for (const room of rooms) await ask('room.join', { room })
    })
    return person
  }

  /** A public room of the space. */
  async room(name = `Square ${++this.made}`): Promise<string> {
    return this.as(this.owner, async (ask) => {
      return (await ask('room.create', { space: this.space, name })).room.id
    })
  }

  async post(person: Person, room: string, text: string): Promise<number> {
    return this.as(person, async (ask) => {
      return (await ask('message.post', { room, text, nonce: crypto.randomUUID() })).seq
    })
  }

  /** Requests in a session of this person that ends with `work`. */
  async as<T>(person: Person, work: (ask: Operator['ask']) => Promise<T>): Promise<T> {
    const visit = await Operator.at(null, this.url)
    try {
      await visit.ask('session.open', { token: person.token })
      return await work(visit.ask)
    } finally {
      visit.close()
    }
  }
}

/** A connection of the test itself, which shares no code with the client under test. */
class Operator {
  private readonly asked = new Map<number, { resolve(result: never): void; reject(error: Error): void }>()
  private next = 1

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (bytes) => {
      for (const line of String(bytes).split('\n')) {
        const { id, result, error } = JSON.parse(line)
        const asked = this.asked.get(id)
        this.asked.delete(id)
        if (error !== undefined) asked?.reject(new Refused(error.code, error.message, error.data))
        else asked?.resolve(result as never)
      }
    })
    socket.on('close', () => {
      for (const { reject } of this.asked.values()) reject(new Error('the connection closed'))
    })
  }

  static async at(unix: string | null, url = ''): Promise<Operator> {
    const socket = new WebSocket(unix === null ? url : `ws+unix:${unix}:/ws`, 'chatd.v1.json')
    await once(socket, 'open')
    return new Operator(socket)
  }

  readonly ask = <N extends RequestName>(name: N, data: DataOf<N>): Promise<ResultOf<N>> => {
    const id = this.next++
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject })
      this.socket.send(JSON.stringify({ id, [kindOf(name)]: name, data }))
    })
  }

  close(): void {
    this.socket.close()
  }
}
