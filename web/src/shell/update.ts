/**
 * The service worker, and new versions of this client. Nobody is trapped in an old one: the page comes from the server
 * whenever there is one, and while it is open and a newer one exists, the banner offers to reload.
 */

import { effect, signal } from '@preact/signals'
import { workerUrl } from './policy'
import { chat } from './session'

/** A newer client than this one is there. */
export const newVersion = signal(false)

/** Registering may never answer where a policy of the browser forbids it. */
const REGISTER_MS = 10_000
const LOOK_EVERY_MS = 3600_000

let registered: Promise<ServiceWorkerRegistration | null> = Promise.resolve(null)

/** The service worker's registration; null where there is none. */
export function registration(): Promise<ServiceWorkerRegistration | null> {
  return registered
}

export function followVersions(): void {
  if (import.meta.env.DEV) return
  registered = register()
  setInterval(() => void look(), LOOK_EVERY_MS)
  let lost = false
  effect(() => {
    const state = chat.value?.status.value.state
    if (state === 'waiting') lost = true
    // The server was away, and may have come back as another version.
    else if (state === 'open' && lost) {
      lost = false
      void look()
    }
  })
}

/** Starts the newest version that there is. */
export async function reload(): Promise<void> {
  const waiting = (await registered)?.waiting
  if (waiting) {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    waiting.postMessage({ take_over: true })
    // It may not answer.
    setTimeout(() => location.reload(), 2_000)
  } else location.reload()
}

async function register(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null
  try {
    const found = await Promise.race([
      navigator.serviceWorker.register(workerUrl(), { scope: '/', updateViaCache: 'none' }),
      new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer')), REGISTER_MS)),
    ])
    follow(found)
    return found
  } catch {
    return null // Everything but offline starts and push works without.
  }
}

function follow(found: ServiceWorkerRegistration): void {
  const watch = (worker: ServiceWorker | null) => {
    worker?.addEventListener('statechange', () => {
      // The first worker of all is no new version.
      if (worker.state === 'installed' && navigator.serviceWorker.controller !== null) void look()
    })
  }
  watch(found.installing)
  if (found.waiting !== null) void look()
  found.addEventListener('updatefound', () => watch(found.installing))
}

/** Looks whether the server's page is the one that is shown. */
export async function look(): Promise<void> {
  try {
    const response = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } })
    if (!response.ok) return
    const page = await response.text()
    const mine = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.getAttribute('src')
    const isClient = page.includes('id="app"')
    if (!isClient || mine === null || mine === undefined) return
    const worker = await registered
    if (!page.includes(mine)) newVersion.value = true
    // This page is of the newest build, and so is the worker that waits; it keeps the files of the one before.
    else worker?.waiting?.postMessage({ take_over: true })
    await worker?.update()
  } catch {
    // No connection: there is nothing new to be had.
  }
}
