/** Files that are dragged onto the room or the panel in which a field stands, or pasted into the field. */

import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

const PLACES = '.panel, .room'

/** True while files hang over the place; `take` gets those that are dropped. */
export function useFileDrop(
  inside: RefObject<HTMLElement | null>,
  take: (files: Iterable<File>) => void,
): Signal<boolean> {
  const over = useSignal(false)
  useEffect(() => {
    const zone = inside.current?.closest<HTMLElement>(PLACES) ?? null
    if (zone === null) return
    // A file that misses would take the page away, and with it what is not sent.
    const keepPage = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      const here = zone.contains(event.target as Node)
      // Where another field's place is, that one says it.
      const elsewhere = (event.target as Element).closest?.(PLACES) ?? null
      if (event.dataTransfer !== null && (here || elsewhere === null))
        event.dataTransfer.dropEffect = here ? 'copy' : 'none'
      over.value = here
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      const mine = over.value
      over.value = false
      if (mine) take(event.dataTransfer?.files ?? [])
    }
    window.addEventListener('dragover', keepPage)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragover', keepPage)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
    }
  }, [take])
  return over
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/** Programs that copy text give a picture of it too: then the text is meant. Folders give the names of files. */
export function meansFiles(pasted: DataTransfer): boolean {
  const names = [...pasted.files].map(({ name }) => name)
  const lines = pasted.getData('text/plain').split(/\r?\n/)
  return names.length > 0 && lines.every((line) => line === '' || names.includes(line))
}
