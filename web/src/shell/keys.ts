/**
 * Keys that work everywhere, and the list of all keys that the help shows.
 *
 * `Mod` is Ctrl, or Cmd on a Mac. Single letters are never bound here: they belong to whatever is being typed.
 */

export interface Shortcut {
  /** `Mod+K`, `Alt+ArrowUp`, `?`. */
  readonly keys: string
  /** What it does, in the reader's language when it is shown. */
  readonly does: () => string
}

export interface BoundShortcut extends Shortcut {
  run(): void
}

/** Whether the event is the one that `keys` names. */
export function pressed(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) as string
  const wants = (name: string) => parts.includes(name)
  const mod = event.ctrlKey || event.metaKey
  // `?` needs Shift on most keyboards, so Shift counts only beside named keys and letters.
  const shiftCounts = key.length > 1 || key.toLowerCase() !== key.toUpperCase()
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    mod === wants('Mod') &&
    event.altKey === wants('Alt') &&
    (!shiftCounts || event.shiftKey === wants('Shift'))
  )
}

/** Whether letters that are pressed now are text. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  )
}

/** Binds keys to the whole window. Returns how to stop. */
export function bind(shortcuts: readonly BoundShortcut[]): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    const found = shortcuts.find(({ keys }) => pressed(event, keys))
    if (found === undefined || (found.keys.length === 1 && isTyping(event.target))) return
    event.preventDefault()
    found.run()
  }
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}

/**
 * Keys with which an input method composes are its own, such as Enter and arrows that choose among what it offers:
 * nothing in the page hears of them. (229: Safari says of the last one that nothing is composed any more.)
 */
export function leaveComposingAlone(): void {
  const composing = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation()
  }
  window.addEventListener('keydown', composing, true)
}
