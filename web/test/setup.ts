/** What a browser has and Node lacks: a WebSocket and an IndexedDB. Loaded before every test file. */

import 'fake-indexeddb/auto'
import { WebSocket } from 'ws'

globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket
