/**
 * Keeps files that are under way in the browser's IndexedDB, so that a reload costs nothing. One database for each
 * account. Where the browser denies it, or its disk is full, the files are lost with the page, and the tray says so.
 */

import type { KeptUpload, UploadShelf } from './uploads'

const STORE = 'files'
const VERSION = 1
const OPEN_MS = 2_000

interface Shelved {
  /** The tab to which it belongs as long as that lives. */
  readonly tab: string
  readonly upload: KeptUpload
}

export interface Tabs {
  readonly own: string
  alive(): Promise<ReadonlySet<string>>
}

export function uploadShelf(account: string, tabs: Tabs): UploadShelf {
  let opening: Promise<IDBDatabase> | null = null
  const run = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    opening ??= opened(nameOf(account))
    const transaction = (await opening).transaction(STORE, mode)
    const request = work(transaction.objectStore(STORE))
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
    })
  }
  const put = (upload: KeptUpload) =>
    run('readwrite', (store) => store.put({ tab: tabs.own, upload } satisfies Shelved, upload.key))
  return {
    async put(upload) {
      try {
        await put(upload)
        return upload.file !== null
      } catch {
        // Without the bytes it is small: then at least its name is known.
        await put({ ...upload, file: null }).catch(() => undefined)
        return false
      }
    },
    async remove(key) {
      await run('readwrite', (store) => store.delete(key))
    },
    async all() {
      try {
        const shelved: Shelved[] = await run('readonly', (store) => store.getAll())
        const alive = await tabs.alive()
        const left = shelved.filter(({ tab }) => tab === tabs.own || !alive.has(tab))
        for (const { upload } of left) await put(upload)
        return left.map(({ upload }) => upload)
      } catch {
        return []
      }
    },
  }
}

/** Forgets the files of an account that is signed out here. */
export function wipeUploads(account: string): void {
  try {
    indexedDB.deleteDatabase(nameOf(account))
  } catch {
    // There is no IndexedDB, and so nothing in it.
  }
}

const nameOf = (account: string) => `chatd-files.${account}`

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the browser’s storage does not answer')), OPEN_MS)
    const request = indexedDB.open(name, VERSION)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => {
      clearTimeout(timer)
      request.result.onversionchange = () => request.result.close()
      resolve(request.result)
    }
    request.onerror = () => reject(request.error)
  })
}
