/**
 * The service worker: starts the client without a network, and shows what is pushed while no page is open.
 *
 * The page itself comes from the network whenever that answers, so nobody is kept on an old build; hashed files come
 * from the cache, where those of the build before this one stay for pages that still run it. What the server answers
 * to requests, files and sockets is never touched.
 */

import { worded } from './notify/worded'
import { plainText } from './text/plain'

// The types of the page's world stand for the worker's too; these are the few that only a worker has.
interface Extended extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface WindowClient {
  readonly focused: boolean
  readonly visibilityState: DocumentVisibilityState
  focus(): Promise<unknown>
  postMessage(message: unknown, transfer?: Transferable[]): void
}

interface WorkerEvents {
  install: Extended
  activate: Extended
  message: Extended & { readonly data: unknown }
  fetch: Extended & { readonly request: Request; respondWith(response: Promise<Response>): void }
  push: Extended & { readonly data: { json(): unknown } | null }
  notificationclick: Extended & { readonly notification: Notification }
}

interface Worker {
  readonly location: Location
  readonly navigator: { readonly language: string }
  readonly registration: ServiceWorkerRegistration
  readonly clients: {
    claim(): Promise<void>
    matchAll(options: { type: 'window' }): Promise<readonly WindowClient[]>
    openWindow(url: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
  addEventListener<K extends keyof WorkerEvents>(type: K, listener: (event: WorkerEvents[K]) => void): void
}

const worker = self as unknown as Worker

const { id, shell, assets } = BUILD
const PREFIX = 'chatd-build-'
const CACHE = PREFIX + id
/** Slower than this, and the page of the cache is shown. */
const PAGE_MS = 4_000
/** Builds whose files are kept: this one and the one before. */
const BUILDS = 2

worker.addEventListener('install', (event) => {
  event.waitUntil(install())
})

async function install(): Promise<void> {
  await caches.delete(CACHE) // of an older build that is served again: it becomes the newest
  const cache = await caches.open(CACHE)
  try {
    await cache.addAll(shell.map((path) => new Request(path, { cache: 'reload' })))
  } catch (error) {
    await caches.delete(CACHE) // it is no build whose files are kept
    throw error
  }
  // What is loaded when it is opened is there too, as far as it can be had now.
  const rest = assets.filter((path) => !shell.includes(path))
  await Promise.allSettled(rest.map((path) => cache.add(path)))
}

worker.addEventListener('activate', (event) => {
  event.waitUntil(activate())
})

async function activate(): Promise<void> {
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE)
  for (const old of builds.slice(0, Math.max(0, builds.length - (BUILDS - 1)))) await caches.delete(old)
  await worker.clients.claim()
}

worker.addEventListener('message', (event) => {
  if ((event.data as { take_over?: boolean } | null)?.take_over) event.waitUntil(worker.skipWaiting())
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (request.mode === 'navigate') {
    if (url.pathname === '/' || url.pathname === '/index.html') event.respondWith(page(request))
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request))
})

async function page(request: Request): Promise<Response> {
  const kept = () => reading(caches.open(CACHE).then((cache) => cache.match('/')))
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PAGE_MS) })
    // A proxy before a server that is away answers too.
    return response.status < 500 ? response : ((await kept()) ?? response)
  } catch {
    return (await kept()) ?? Response.error()
  }
}

async function asset(request: Request): Promise<Response> {
  return (await reading(caches.match(request, { ignoreVary: true }))) ?? fetch(request)
}

/** What is kept is done without where the browser's disk is full or broken. */
function reading(found: Promise<Response | undefined>): Promise<Response | undefined> {
  return found.catch(() => undefined)
}

// --- notifications ---

interface Pushed {
  readonly account: string
  readonly kind: string
  readonly room: string
  readonly seq: number | null
  readonly title: string
  readonly text: string | null
  readonly files: number
}

worker.addEventListener('push', (event) => {
  let pushed: Partial<Pushed> = {}
  try {
    pushed = (event.data?.json() ?? {}) as Partial<Pushed>
  } catch {
    // Something has to be shown for each push, also for one that cannot be read.
  }
  event.waitUntil(show(pushed))
})

/** The server sends no more of a text. */
const TEXT = 300

async function show({ account, kind, room, seq, title, text, files }: Partial<Pushed>): Promise<void> {
  const words = worded(worker.navigator.language)
  const said = text == null ? null : plainText(text, TEXT, text.endsWith('…'))
  const meant = kind === 'test' ? words.test : kind === 'scheduled' ? words.not_posted : words.news
  const body = said || ((files ?? 0) > 0 ? words.files : meant)
  const options = {
    body,
    tag: room ?? 'chatd',
    renotify: true,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge.png',
    data: { account, room, seq: seq ?? null },
  }
  await worker.registration.showNotification(title ?? 'chatd', options)
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data as { account?: string; room?: string; seq?: number | null }))
})

/** So long a page is waited for that is asked which account it shows. */
const ASKED_MS = 500

async function open(about: { account?: string; room?: string; seq?: number | null } | null): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window' })
  const near = [...pages].sort((one, other) => nearness(other) - nearness(one))
  const found = (about?.account && (await showing(near, about.account))) || near[0]
  if (found !== undefined) {
    await found.focus().catch(() => undefined)
    if (about?.room !== undefined) found.postMessage({ open: about })
    return
  }
  const seq = about?.seq ?? null
  const account = about?.account === undefined ? '' : `/as/${about.account}`
  const place =
    about?.room === undefined ? '' : `#${account}/room/${about.room}${seq === null ? '' : `/${seq}`}`
  await worker.clients.openWindow(`/${place}`)
}

const nearness = ({ focused, visibilityState }: WindowClient) =>
  focused ? 2 : visibilityState === 'visible' ? 1 : 0

/** The first of the pages that shows the account; none where it is shown by no page that answers. */
async function showing(pages: readonly WindowClient[], account: string): Promise<WindowClient | undefined> {
  const answers = await Promise.all(pages.map((page) => shows(page, account)))
  return pages[answers.indexOf(true)]
}

function shows(page: WindowClient, account: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => resolve(data === true)
    setTimeout(() => resolve(false), ASKED_MS)
    page.postMessage({ shows: account }, [port2])
  })
}
