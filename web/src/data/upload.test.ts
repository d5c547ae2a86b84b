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
  /** With these cuts, counted from the last, it dies, and another node answers from then on. */
  dies: number[] = []
  silent = 0
  private uploads = 0
  readonly asked: string[] = []

  readonly send = async ({ method, path, headers, body }: SendRequest): Promise<SendAnswer> => {
    this.asked.push(method)
    if (this.refuse !== null) return this.refuse
    if (method === 'POST') {
      this.length = Number(headers['Upload-Length'])
      this.uploads += 1
      return answer(201, { Location: this.path, ...this.state() })
    }
    if (method === 'HEAD' && this.silent-- > 0) throw new Lost()
    if (path !== this.path)
      return answer(404, {}, method === 'HEAD' ? '' : '{"code": "not_found", "detail": "gone"}')
    if (method === 'HEAD') return answer(200, this.state())
    if (Number(headers['Upload-Offset']) !== this.bytes.length) return answer(409)
    const sent = new Uint8Array(await (body as Blob).arrayBuffer())
    const cut = this.cuts.shift()
    this.bytes = Uint8Array.from([...this.bytes, ...sent.slice(0, cut ?? sent.length)])
    if (cut !== undefined) {
      if (this.dies.includes(this.cuts.length)) {
        this.bytes = new Uint8Array()
        this.uploads += 1
      }
      throw new Lost()
    }
    return answer(204, this.state())
  }

  private get path(): string {
    return `/files/tus/up${this.uploads}`
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

test.each([0, 1])(
  'an upload of which the server knows nothing begins again, found out by %i',
  async (silent) => {
    vi.useFakeTimers()
    const server = new Server()
    server.cuts = [300, 400, 10]
    server.dies = [2, 0]
    server.silent = silent
    const paths: string[] = []
    const began = (path: string) => paths.push(path)
    const done = upload(new Blob([bytes]), 'a.bin', { ...options(server), began })
    await vi.runAllTimersAsync()
    expect((await done).id).toBe('file1')
    expect(server.bytes).toEqual(bytes)
    expect(paths).toEqual(['/files/tus/up1', '/files/tus/up3', '/files/tus/up5'])
    vi.useRealTimers()
  },
)

test('one that every server forgets at once is given up', async () => {
  vi.useFakeTimers()
  const server = new Server()
  server.cuts = Array.from({ length: 100 }, () => 1)
  server.dies = server.cuts.map((_, i) => i)
  const failed = upload(new Blob([bytes]), 'a.bin', options(server))
  const told = expect(failed).rejects.toThrow(Lost)
  await vi.runAllTimersAsync()
  await told
  vi.useRealTimers()
})

test('what cannot be read any more is given up at once', async () => {
  const server = new Server()
  const folder = Object.assign(new Blob([bytes]), {
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }),
  })
  const send = (request: SendRequest) =>
    request.method === 'PATCH' ? Promise.reject(new Lost()) : server.send(request)
  const failed = upload(folder as Blob, 'folder', { ...options(server), send })
  await expect(failed).rejects.toThrow(DOMException)
  expect(server.asked).toEqual(['POST'])
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
