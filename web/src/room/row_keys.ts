/** The keys of a timeline: arrows go from message to message, Home and End to the first and last, Escape leaves. */

export function focusRow(event: KeyboardEvent, list: HTMLElement): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
  const target = event.target as HTMLElement
  const here = target.closest<HTMLElement>('[data-seq]')
  // Arrows within a part of a row (a player, a menu, code that scrolls) are the part's own.
  if (here !== null && target !== here && event.key !== 'Escape') return
  const next = wanted(event.key, here, list)
  if (next === undefined) return
  // Below a thread is its own field; Escape there closes the panel, which is who hears it next.
  const field = list.closest('.room, .thread')?.querySelector<HTMLElement>('.composer-place textarea')
  if (next === null && (field == null || (event.key === 'Escape' && list.closest('.thread')))) return
  event.preventDefault()
  if (next === null) field?.focus()
  else {
    next.focus({ preventScroll: true })
    next.scrollIntoView({ block: 'nearest' })
  }
}

/** The row to focus; null for the field below; undefined where the key means nothing here. */
function wanted(key: string, here: HTMLElement | null, list: HTMLElement): HTMLElement | null | undefined {
  const rows = [...list.querySelectorAll<HTMLElement>(':scope > [data-seq]')]
  switch (key) {
    case 'ArrowUp':
      return here === null ? rows.at(-1) : (rows[rows.indexOf(here) - 1] ?? here)
    case 'ArrowDown':
      return here === null ? undefined : (rows[rows.indexOf(here) + 1] ?? null)
    case 'Home':
      return here === null ? undefined : rows[0]
    case 'End':
      return here === null ? undefined : rows.at(-1)
    case 'Escape':
      return null
    default:
      return undefined
  }
}
