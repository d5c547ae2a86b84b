import { beforeAll, beforeEach, expect, test, vi } from 'vitest'

type Listener = (event: Record<string, unknown>) => void

const listeners = new Map<string, Listener>()
const openWindow = vi.fn(async (_url: string) => undefined)
const showNotification = vi.fn(async (_title: string, _options: NotificationOptions) => undefined)
let pages: Page[] = []

/** A page of the client that shows an account; null: it does not answer. */
class Page {
  readonly visibilityState = 'visible'
  readonly opened: unknown[] = []
  constructor(
    private readonly account: string | null,
    readonly focused = false,
  ) {}
  focus = async () => undefined
  postMessage({ shows, open }: { shows?: string; open?: unknown }, ports: MessagePort[] = []) {
    if (open !== undefined) this.opened.push(open)
    if (shows !== undefined && this.account !== null) ports[0]?.postMessage(this.account === shows)
  }
}

/** A path is enough of an address here. */
class FakeRequest {
  constructor(readonly url: string) {}
}

/** Caches by name, in the order in which they were made, as browsers list them. */
const kept = new Map<string, Map<string, Response>>()
/** The server has no such files. */
const missing = new Set<string>()
let broken = false
const addressOf = (asked: string | Request) => (typeof asked === 'string' ? asked : asked.url)

class FakeCache {
  constructor(private readonly files: Map<string, Response>) {}
  match = async (asked: string | Request) => this.files.get(addressOf(asked))
  add = (asked: string) => this.addAll([asked])
  async addAll(asked: readonly (string | Request)[]) {
    if (asked.some((one) => missing.has(addressOf(one)))) throw new TypeError('404')
    for (const one of asked) this.files.set(addressOf(one), new Response('kept'))
  }
}

const fakeCaches = {
  async open(name: string) {
    if (broken) throw new DOMException('disk I/O error', 'UnknownError')
    const files = kept.get(name) ?? new Map()
    kept.set(name, files)
    return new FakeCache(files)
  },
  async match(asked: Request) {
    if (broken) throw new DOMException('disk I/O error', 'UnknownError')
    return [...kept.values()].map((files) => files.get(addressOf(asked))).find(Boolean)
  },
  keys: async () => [...kept.keys()],
  delete: async (name: string) => kept.delete(name),
}

beforeAll(async () => {
  vi.stubGlobal('BUILD', { id: '1', shell: ['/', '/assets/index.js'], assets: ['/assets/index.js'] })
  vi.stubGlobal('caches', fakeCaches)
  vi.stubGlobal('Request', FakeRequest)
  vi.stubGlobal('self', {
    navigator: { language: 'en' },
    location: { origin: 'http://chat' },
    registration: { showNotification },
    clients: { claim: async () => undefined, matchAll: async () => pages, openWindow },
    addEventListener: (type: string, listener: Listener) => listeners.set(type, listener),
  })
  await import('./sw')
})

beforeEach(() => {
  openWindow.mockClear()
  kept.clear()
  missing.clear()
  broken = false
})

async function happens(type: 'install' | 'activate'): Promise<void> {
  let work: unknown
  const waitUntil = (promise: unknown) => {
    work = promise
  }
  listeners.get(type)?.({ waitUntil })
  await work
}

async function answered(path: string, mode = 'no-cors'): Promise<Response> {
  let response: unknown
  const respondWith = (promise: unknown) => {
    response = promise
  }
  listeners.get('fetch')?.({ request: { method: 'GET', url: `http://chat${path}`, mode }, respondWith })
  return (await response) as Response
}

async function clicked(data: unknown): Promise<void> {
  let work: unknown
  const waitUntil = (promise: unknown) => {
    work = promise
  }
  listeners.get('notificationclick')?.({ notification: { close: () => undefined, data }, waitUntil })
  await work
}

const about = { account: 'ann', room: 'r1', seq: 7 }

test('a click goes to the page that shows its account', async () => {
  const [hers, his, stuck] = [new Page('ann'), new Page('bob', true), new Page(null)]
  pages = [stuck, his, hers]
  await clicked(about)
  expect([hers.opened, his.opened, stuck.opened]).toEqual([[about], [], []])
})

test('where no page shows its account, the one before the person does', async () => {
  const [one, other] = [new Page('bob'), new Page('cid', true)]
  pages = [one, other]
  await clicked(about)
  expect([one.opened, other.opened]).toEqual([[], [about]])
})

test('a new window is told the account', async () => {
  pages = []
  await clicked(about)
  expect(openWindow).toHaveBeenCalledWith('/#/as/ann/room/r1/7')
})

test('what is pushed is shown without its marks, and what is hidden in it stays hidden', async () => {
  let work: unknown
  const data = { json: () => ({ title: 'ada · general', room: 'r', text: '**who** did it: ||the but…' }) }
  const waitUntil = (promise: unknown) => {
    work = promise
  }
  listeners.get('push')?.({ data, waitUntil })
  await work
  expect(showNotification.mock.lastCall?.[1]?.body).toBe('who did it: ▒▒▒')
})

test('a push to try says what it shows', async () => {
  let work: unknown
  const waitUntil = (promise: unknown) => {
    work = promise
  }
  listeners.get('push')?.({ data: { json: () => ({ kind: 'test', account: 'ann', at: 1 }) }, waitUntil })
  await work
  expect(showNotification.mock.lastCall).toEqual([
    'chatd',
    expect.objectContaining({ body: 'Pushes reach this device.' }),
  ])
})

test('a build that could not be loaded in whole takes no room from those that were', async () => {
  kept.set('chatd-build-0', new Map())
  missing.add('/assets/index.js')
  await expect(happens('install')).rejects.toThrow('404')
  expect([...kept.keys()]).toEqual(['chatd-build-0'])
})

test('who goes back to an older build keeps the files of the pages that still run the newer one', async () => {
  for (const id of ['1', '2']) kept.set(`chatd-build-${id}`, new Map())
  await happens('install') // 1, which was there first
  await happens('activate')
  expect([...kept.keys()]).toEqual(['chatd-build-2', 'chatd-build-1'])
})

test('where what is kept cannot be read, the network answers', async () => {
  broken = true
  vi.stubGlobal('fetch', async () => new Response('from the network', { status: 200 }))
  expect(await (await answered('/assets/index.js')).text()).toBe('from the network')
  vi.stubGlobal('fetch', async () => new Response('away', { status: 502 }))
  expect((await answered('/', 'navigate')).status).toBe(502)
})
