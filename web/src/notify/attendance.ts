/**
 * Tells the server whether somebody is there: `away` when no tab can be seen or nobody has touched one for a while.
 * What a person chose (do not disturb, invisible) stays.
 */

import { effect } from '@preact/signals'
import type { Chat } from '../data/chat'
import { watchPresence } from '../people/watch'
import { chat } from '../shell/session'

/**
 * A page that is hidden for so long is left, and its notifications go to other devices. The server keeps a push for 30
 * seconds while somebody is there, so with less than that none is lost between the two.
 */
const HIDDEN_MS = 20_000
const IDLE_MS = 5 * 60_000
/** `input`: an input method keeps its keys to itself. */
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'input', 'wheel', 'touchstart'] as const

export function tellAttendance(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let here = true
  let told: { chat: Chat; here: boolean } | null = null
  const tell = () => {
    const shown = chat.peek()
    if (shown === null || shown.status.peek().state !== 'open') return
    const chosen = shown.people.presences.get(shown.me)?.state
    if (chosen === undefined || chosen === 'dnd' || chosen === 'invisible') return
    if (told?.chat === shown && told.here === here) return
    told = { chat: shown, here }
    void shown.ask('presence.set', { state: here ? 'online' : 'away' }).catch(() => {
      told = null
    })
  }
  const set = (next: boolean) => {
    here = next
    tell()
  }
  const touched = () => {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') {
      if (!here) set(true)
      timer = setTimeout(() => set(false), IDLE_MS)
    } else timer = setTimeout(() => set(false), HIDDEN_MS)
  }
  let last = 0
  for (const touch of TOUCHES)
    addEventListener(
      touch,
      () => {
        if (here && performance.now() - last < 1_000) return
        last = performance.now()
        touched()
      },
      { passive: true, capture: true },
    )
  document.addEventListener('visibilitychange', touched)
  touched()
  effect(() => {
    const shown = chat.value
    if (shown?.status.value.state !== 'open') {
      told = null
      return
    }
    return watchPresence(shown, [shown.me])
  })
  // Also that somebody is there: a session that comes back within seconds is as it was, and a tab counts once it says.
  effect(() => {
    const shown = chat.value
    if (shown !== null && shown.people.presences.row(shown.me).value !== undefined) tell()
  })
}
