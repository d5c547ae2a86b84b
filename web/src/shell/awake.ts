/**
 * Looks at the connection at once when something happened that may have broken or mended it: the network came or went,
 * the page is seen again, the machine slept. And at the calendar, while the page is seen.
 */

import { lookAtCalendar } from '../text/dates'
import { chat, keepNow } from './session'

const TICK_MS = 2_000
/** A timer that comes so much later than it should was not running: the machine slept, or the page was frozen. */
const SLEPT_MS = 6_000

export function stayAwake(): void {
  const look = () => chat.peek()?.retry()
  addEventListener('online', look)
  addEventListener('offline', look)
  addEventListener('pageshow', (event) => {
    if (event.persisted) look()
  })
  addEventListener('pagehide', keepNow)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look()
    else keepNow()
  })
  document.addEventListener('freeze', keepNow)
  document.addEventListener('resume', look)
  let last = performance.now()
  setInterval(() => {
    const now = performance.now()
    const slept = now - last > TICK_MS + SLEPT_MS
    last = now
    if (document.visibilityState === 'hidden') return
    lookAtCalendar()
    if (slept) look()
  }, TICK_MS)
}
