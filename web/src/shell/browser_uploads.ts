/** How files come to the server from this browser. */

import { uploadShelf } from '../data/upload_shelf'
import type { Uploading } from '../data/uploads'
import { tabs } from './browser'

/** Loaded with the first file. */
const sending = () => import('../data/upload')

export function browserUploads(account: string, token: () => Promise<string>): Uploading {
  return {
    transfer: async (file, name, options) =>
      (await sending()).upload(file, name, { token, info: (id) => Promise.resolve(id), ...options }),
    abandon: async (path) => (await sending()).abandon(path, { token }),
    shelf: uploadShelf(account, tabs),
  }
}
