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

beforeAll(async () => {
  vi.stubGlobal('BUILD', { id: '1', shell: [], assets: [] })
  vi.stubGlobal('self', {
    navigator: { language: 'en' },
    registration: { showNotification },
    clients: { matchAll: async () => pages, openWindow },
    addEventListener: (type: string, listener: Listener) => listeners.set(type, listener),
  })
  await import('./sw')
})

beforeEach(() => openWindow.mockClear())

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
