import type { Chat } from '../data/chat'
import { type UploadOptions, upload } from '../data/upload'
import type { FileInfo } from '../wire/contract'
import { accounts } from './session'

/** Brings a file of the person's to the server, with the token of the account that is shown. */
export function uploadFile(
  chat: Chat,
  file: File,
  options: Pick<UploadOptions, 'progress' | 'signal'> = {},
): Promise<FileInfo> {
  const account = chat.me
  return upload(file, file.name, {
    token: () => accounts.token(account),
    info: async (id) => (await chat.ask('file.get', { file: id })).file,
    ...options,
  })
}
