/** Loading that failed in a room's timeline. */

import { useEffect } from 'preact/hooks'
import { Refused } from '../data/refusal'
import type { Timeline } from '../data/timeline'

/**
 * Retries with the next connection, and when the server said to. Gives the error that somebody should read: none for
 * what passes by itself, such as a server that is busy for a moment, or a lost connection, of which the banner tells.
 */
export function useLoadError(timeline: Timeline, connected: boolean, retry: () => void): Error | null {
  const error = timeline.error.value
  useEffect(() => {
    if (connected) retry()
  }, [connected])
  useEffect(() => {
    if (!(error instanceof Refused) || error.retryAfter === null) return
    const timer = setTimeout(retry, error.retryAfter * 1000)
    return () => clearTimeout(timer)
  }, [error])
  const passes =
    (error instanceof Refused && error.retryAfter !== null) ||
    (!connected && timeline.messages.peek().length > 0)
  return passes ? null : error
}
