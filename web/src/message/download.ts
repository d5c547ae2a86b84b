/** Saves a file of the server under its name. */

import { useChat } from '../shell/chat_context'
import { tried } from '../ui/toasts'
import type { FileInfo } from '../wire/contract'

export function useDownload(): (file: Pick<FileInfo, 'id' | 'name'>) => void {
  const chat = useChat()
  return ({ id, name }) =>
    void tried(async () => {
      const link = document.createElement('a')
      link.href = await chat.files.link(id)
      link.download = name
      link.rel = 'noopener'
      link.click()
    })
}
