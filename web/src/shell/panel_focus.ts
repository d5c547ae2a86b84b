/** Where the focus was when a panel or a dialog was opened, and how it gets back when that is closed. */

/** Returns what gives the focus back, if it is still in what has been closed. */
export function holdFocus(): () => void {
  const opener = document.activeElement as HTMLElement | null
  const row = opener?.closest<HTMLElement>('[data-seq]')
  return () => {
    // Whoever is elsewhere by now stays there.
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return
    // What one can do with a message is only there while the pointer or the focus is in its row.
    const target = opener?.isConnected ? opener : row
    if (target?.isConnected) target.focus({ preventScroll: true })
  }
}
