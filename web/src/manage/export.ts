/** The whole of a space or a room as lines of JSON, page by page, so that memory holds pieces and no second copy. */

import type { Chat } from '../data/chat'
import type { PlaceExport } from '../wire/contract'

export interface Exported {
  readonly blob: Blob
  readonly items: number
}

/** `seen` hears how many items came so far. Rejects with an `AbortError` when `stop` is aborted. */
export async function exported(
  chat: Chat,
  what: { space: string } | { room: string },
  seen: (items: number) => void,
  stop: AbortSignal,
): Promise<Exported> {
  const parts: Blob[] = []
  let items = 0
  let after: string | null = null
  do {
    stop.throwIfAborted()
    const page: PlaceExport =
      'space' in what
        ? await chat.ask('space.export', { ...what, after }, 60_000)
        : await chat.ask('room.export', { ...what, after }, 60_000)
    // A Blob may leave memory for the disk; a growing string never does.
    parts.push(new Blob(page.items.map((item) => `${JSON.stringify(item)}\n`)))
    items += page.items.length
    seen(items)
    after = page.next
  } while (after !== null)
  return { blob: new Blob(parts, { type: 'application/x-ndjson' }), items }
}

/** Offers a file to the person, under this name. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
