/** A small picture of the server, as an address that an `<img>` can show. */

import { useContext, useEffect } from 'preact/hooks'
import type { Picture } from '../data/files'
import { ChatContext } from '../shell/chat_context'

const FAILED: Picture = { state: 'failed' }

/** `path` is a path below `/files`; null is no picture. Keeps it loaded while the component is shown. */
export function usePicture(path: string | null): Picture {
  const chat = useContext(ChatContext)
  useEffect(() => {
    if (path === null || chat === null) return
    chat.files.hold(path)
    return () => chat.files.release(path)
  }, [chat, path])
  return path === null || chat === null ? FAILED : chat.files.picture(path).value
}
