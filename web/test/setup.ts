/**
 * What a browser has and Node lacks: a WebSocket and an IndexedDB. Loaded before every test file. Files share their
 * process, so each begins with a database of its own and puts the clock, the globals and what it mocked back.
 */

import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterAll, vi } from 'vitest'
import { WebSocket } from 'ws'

globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket
globalThis.indexedDB = new IDBFactory()

afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
