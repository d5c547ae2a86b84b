import { expect, test, vi } from 'vitest'
import type { FileInfo } from '../wire/contract'
import { Lost, Refused } from './refusal'
import { type SendAnswer, type SendRequest, upload } from './upload'

/** A server that speaks tus, and a network that breaks when it is told to. */
class Server {
  bytes: Uint8Array = new Uint8Array()
  length = 0
  cuts: number[] = []
  refuse: SendAnswer | null = null
  readonly asked: string[] = []

  readonly send = async ({ method, headers, body }: SendRequest): Promise<SendAnswer> => {
    this.asked.push(method)
    if (this.refuse !== null) return this.refuse
    if (method === 'POST') {
      this.length = Number(headers['Upload-Length'])
      return answer(201, { Location: '/files/tus/up1', ...this.state() })
    }
    if (method === 'HEAD') return answer(200, this.state())
    if (Number(headers['Upload-Offset']) !== this.bytes.length) return answer(409)
    const sent = new Uint8Array(await (body as Blob).arrayBuffer())
    const cut = this.cuts.shift()
    this.bytes = Uint8Array.from([...this.bytes, ...sent.slice(0, cut ?? sent.length)])
    if (cut !== undefined) throw new Lost()
    return answer(204, this.state())
  }

  private state(): Record<string, string> {
    const offset = { 'Upload-Offset': String(this.bytes.length) }
    return this.bytes.length === this.length ? { ...offset, 'Chatd-File': 'file1' } : offset
  }
}

function answer(status: number, headers: Record<string, string> = {}, text = ''): SendAnswer {
  return { status, text, header: (name) => headers[name] ?? null }
}

const options = (server: Server) => ({
  token: async () => 'token',
  info: async (id: string) => ({ id }) as FileInfo,
  send: server.send,
})
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251)

test('a file arrives whole, whatever is cut', async () => {
  vi.useFakeTimers()
  const server = new Server()
  server.cuts = [300, 0, 700 - 1]
  const done = upload(new Blob([bytes]), 'a.bin', options(server))
  await vi.runAllTimersAsync()
  expect((await done).id).toBe('file1')
  expect(server.bytes).toEqual(bytes)
  vi.useRealTimers()
})

test('an empty file is whole at once', async () => {
  const server = new Server()
  expect((await upload(new Blob([]), 'empty', options(server))).id).toBe('file1')
  expect(server.asked).toEqual(['POST'])
})

test('a refusal is told in the words of the server and not tried again', async () => {
  const server = new Server()
  server.refuse = answer(413, {}, '{"code": "too_large", "detail": "a file may have 10 MB"}')
  const failed = upload(new Blob([bytes]), 'a.bin', options(server))
  await expect(failed).rejects.toThrow(new Refused('too_large', 'a file may have 10 MB'))
  expect(server.asked).toEqual(['POST'])
})

test('progress tells what the server has', async () => {
  const server = new Server()
  const seen: number[] = []
  await upload(new Blob([bytes]), 'a.bin', { ...options(server), progress: (count) => seen.push(count) })
  expect(seen.every((count) => count <= bytes.length)).toBe(true)
})
