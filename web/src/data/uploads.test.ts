import { expect, test, vi } from 'vitest'
import type { FileUsage } from '../wire/contract'
import { Outbox, type OutboxEntry } from './outbox'
import { Lost, Refused } from './refusal'
import { uploadShelf } from './upload_shelf'
import { KEPT_BYTES, type KeptUpload, MOST_FILES, trayOf, type Uploading, Uploads } from './uploads'

const TRAY = trayOf('r', null)

/** A server that takes files when the test says so. */
class Server implements Uploading {
  readonly begun: string[] = []
  readonly abandoned: string[] = []
  readonly erased: string[] = []
  readonly resumed: (string | null | undefined)[] = []
  readonly held = new Map<string, { done(): void; fail(error: Error): void }>()
  readonly kept = new Map<string, KeptUpload>()
  keeps = true
  usage: FileUsage = {
    bytes: { used: 0, quota: null },
    uploads: { used: 0, quota: null },
    largest: 1e9,
    day_ends_at: 5,
  }

  readonly transfer: Uploading['transfer'] = (_file, name, { at, began, signal }) => {
    this.begun.push(name)
    this.resumed.push(at)
    began?.(`/files/tus/${name}`)
    return new Promise((resolve, reject) => {
      this.held.set(name, { done: () => resolve(`id of ${name}`), fail: reject })
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }

  readonly abandon = async (path: string) => void this.abandoned.push(path)

  readonly shelf = {
    put: async (upload: KeptUpload) => {
      this.kept.set(upload.key, this.keeps ? upload : { ...upload, file: null })
      return this.keeps && upload.file !== null
    },
    remove: async (key: string) => void this.kept.delete(key),
    all: async () => [...this.kept.values()],
  }
}

const settled = () => vi.advanceTimersByTimeAsync(1)
const file = (name: string, size = 3) => ({ name, type: 'text/plain', size }) as File

async function setup(server = new Server()) {
  vi.useFakeTimers()
  let key = server.kept.size
  const moved = vi.fn()
  const uploads = new Uploads(
    server,
    async () => server.usage,
    async (file) => server.erased.push(file),
    moved,
    () => `k${++key}`,
  )
  await uploads.restore()
  return { server, uploads, moved }
}

test('a message with files waits for them, and later words do not wait for it', async () => {
  const { server, uploads, moved } = await setup()
  const posted: { text: string; attachments: unknown }[] = []
  const post = async ({ text, attachments }: { text: string; attachments?: unknown }) => {
    posted.push({ text, attachments })
    return { seq: 1, position: 1, at: 1 }
  }
  const kept = new Map<string, OutboxEntry>()
  const shelf = {
    put: (entry: OutboxEntry) => void kept.set(entry.nonce, entry),
    remove: (nonce: string) => void kept.delete(nonce),
    all: async () => [...kept.values()],
    watch: () => () => undefined,
  }
  const outbox = new Outbox(post, shelf, undefined, uploads)
  moved.mockImplementation(() => outbox.pumpAll())
  uploads.add(TRAY, [file('a'), file('b')])
  outbox.send({ room: 'r', text: 'look', nonce: 'n', files: uploads.move(TRAY, 'n') })
  outbox.send({ room: 'r', text: 'words' })
  await settled()
  expect(posted.map(({ text }) => text)).toEqual(['words'])
  expect(uploads.in(TRAY).value).toEqual([])
  server.held.get('a')?.done()
  await settled()
  server.held.get('b')?.done()
  await settled()
  expect(posted.at(-1)).toEqual({ text: 'look', attachments: ['id of a', 'id of b'] })
  outbox.confirm('n')
  await settled()
  expect([uploads.in('n').value.length, server.kept.size]).toEqual([0, 0])
  expect([server.abandoned, server.erased]).toEqual([[], []])
})

test('after a reload an upload goes on where the server has it', async () => {
  const { server, uploads } = await setup()
  uploads.add(TRAY, [file('a')])
  await settled()
  uploads.close()
  const again = await setup(server)
  await settled()
  expect(server.resumed).toEqual([null, '/files/tus/a'])
  server.held.get('a')?.done()
  await settled()
  expect(again.uploads.ready(TRAY)).toEqual(['id of a'])
})

test('what the browser could not keep is told to be gone, and what was whole is not lost', async () => {
  const server = new Server()
  server.keeps = false
  const { uploads } = await setup(server)
  uploads.add(TRAY, [file('half'), file('whole')])
  await settled()
  expect(uploads.in(TRAY).value.map(({ kept }) => kept)).toEqual([false, false])
  expect(uploads.fragile).toBe(true)
  server.held.get('whole')?.done()
  await settled()
  uploads.close()
  const again = await setup(server)
  expect(again.uploads.in(TRAY).value.map(({ name, id, problem }) => [name, id, problem?.why])).toEqual([
    ['half', null, 'bytes_gone'],
    ['whole', 'id of whole', undefined],
  ])
})

test('only so many bytes are kept', async () => {
  const { server, uploads } = await setup()
  uploads.add(TRAY, [file('small', 10), file('large', KEPT_BYTES), file('other', 10)])
  await settled()
  expect(uploads.in(TRAY).value.map(({ kept }) => kept)).toEqual([true, false, true])
  expect([...server.kept.values()].map(({ file }) => file !== null)).toEqual([true, false, true])
})

test('a broken connection is waited for, a refusal is told and tried again by hand', async () => {
  const { server, uploads } = await setup()
  uploads.add(TRAY, [file('a'), file('b')])
  await settled()
  server.held.get('a')?.fail(new Lost())
  server.held.get('b')?.fail(new Refused('too_large', 'too large'))
  await settled()
  expect(uploads.in(TRAY).value.map(({ problem }) => problem)).toEqual([
    null,
    { why: 'refused', failure: { code: 'too_large', message: 'too large', retryAfter: null } },
  ])
  await vi.advanceTimersByTimeAsync(20_000)
  expect(server.begun).toEqual(['a', 'b', 'a'])
  uploads.retry('k2')
  await settled()
  expect(server.begun).toEqual(['a', 'b', 'a', 'b'])
})

test('what the server would not take is said before a byte is sent', async () => {
  const { server, uploads } = await setup()
  server.usage = {
    bytes: { used: 90, quota: 100 },
    uploads: { used: 1, quota: 2 },
    largest: 50,
    day_ends_at: 5,
  }
  uploads.add(TRAY, [file('a', 51), file('b', 11)])
  await settled()
  server.usage = { ...server.usage, uploads: { used: 2, quota: 2 } }
  uploads.add(TRAY, [file('c', 1)])
  await settled()
  expect(uploads.in(TRAY).value.map(({ problem }) => problem)).toEqual([
    { why: 'too_large', most: 50 },
    { why: 'no_room', left: 10 },
    { why: 'too_many', until: 5 },
  ])
  expect(server.begun).toEqual([])
})

test('why an upload fails is said: no room is left meanwhile, the server refuses it, it cannot be read', async () => {
  const { server, uploads } = await setup()
  uploads.add(TRAY, [file('a', 11), file('b', 11), file('folder', 11)])
  await settled()
  server.usage = { ...server.usage, bytes: { used: 90, quota: 100 } }
  server.held.get('a')?.fail(new Refused('too_large', 'your files would have more …'))
  await settled()
  server.usage = { ...server.usage, bytes: { used: 0, quota: 100 } }
  server.held.get('b')?.fail(new Refused('invalid', 'no such picture'))
  await settled()
  server.held.get('folder')?.fail(new DOMException('', 'NotReadableError'))
  await settled()
  const problems = uploads.in(TRAY).value.map(({ problem }) => problem?.why)
  expect(problems).toEqual(['no_room', 'refused', 'unreadable'])
})

test('three at once, at most ten in a message, and who takes one out takes it back from the server', async () => {
  const { server, uploads } = await setup()
  const names = Array.from({ length: MOST_FILES }, (_, i) => `f${i}`)
  expect(
    uploads.add(
      TRAY,
      names.map((name) => file(name)),
    ),
  ).toBe(true)
  expect(uploads.add(TRAY, [file('one more')])).toBe(false)
  await settled()
  expect(server.begun).toEqual(['f0', 'f1', 'f2'])
  uploads.remove('k1')
  await settled()
  expect(server.abandoned).toEqual(['/files/tus/f0'])
  expect(server.begun).toEqual(['f0', 'f1', 'f2', 'f3'])
  expect(server.kept.has('k1')).toBe(false)
  server.held.get('f1')?.done()
  await settled()
  uploads.remove('k2')
  expect(server.erased).toEqual(['id of f1'])
})

test('what a tab leaves that goes while others are being read is taken up as well', async () => {
  const { server, uploads } = await setup()
  const reading = uploads.restore()
  const rest = { place: TRAY, type: '', size: 3, at: 1, file: file('a'), path: null, id: null }
  await server.shelf.put({ key: 'left', name: 'a', ...rest })
  void uploads.restore()
  await reading
  expect(uploads.in(TRAY).value.map(({ key }) => key)).toEqual(['left'])
})

test('a browser keeps files for the next run, and for another tab when one is gone', async () => {
  vi.useRealTimers()
  const upload = (key: string): KeptUpload => {
    const bytes = new Blob(['abc'])
    return { key, place: TRAY, name: key, type: '', size: 3, at: 1, file: bytes, path: null, id: null }
  }
  const alive = new Set(['one', 'two'])
  const shelf = (own: string) => uploadShelf('account', { own, alive: async () => alive })
  expect(await shelf('one').put(upload('a'))).toBe(true)
  await shelf('two').put(upload('b'))
  const names = async (own: string) => (await shelf(own).all()).map(({ name }) => name)
  expect(await names('one')).toEqual(['a'])
  alive.delete('two')
  expect(await names('one')).toEqual(['a', 'b'])
  await shelf('one').remove('a')
  expect(await names('one')).toEqual(['b'])
})
