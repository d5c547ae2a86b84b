/** Starts what tells of news outside the page. What is needed only for some is loaded when it is. */

import { effect } from '@preact/signals'
import { h } from 'preact'
import { openDialog } from '../shell/dialog'
import { lazy } from '../shell/Lazy'
import { go, roomLink } from '../shell/route'
import { accounts, chat, show } from '../shell/session'
import { toast } from '../ui/toasts'
import { tellAttendance } from './attendance'
import { showBadge } from './badge'
import { desktop, sound } from './choices'
import { removalSentence } from './removal_words'
import { watchRemovals } from './removals'
import { stranded } from './stranded'
import { t } from './words'

const Stranded = lazy(() => import('./Stranded'), 'Stranded')

interface Asked {
  /** The account of which something was clicked. */
  readonly account: string
  readonly room: string
  readonly seq: number | null
}

/** What nobody has to do anything about. */
const PASSING: ReadonlySet<string> = new Set(['unmuted', 'space_exported', 'room_exported', 'imported'])

export function startNotifying(): void {
  showBadge()
  tellAttendance()
  effect(() => {
    const shown = chat.value
    if (shown === null || !(desktop.value || sound.value)) return
    let stop: (() => void) | undefined
    let ended = false
    void import('./desktop').then(
      (module) => {
        if (!ended) stop = module.notifyOnDesktop(shown)
      },
      () => undefined, // offline: with the next start
    )
    return () => {
      ended = true
      stop?.()
    }
  })
  effect(() => {
    const shown = chat.value
    if (shown?.status.value.state !== 'open') return
    void import('./push').then(
      (module) => module.renew(shown),
      () => undefined,
    )
  })
  effect(() => {
    const shown = chat.value
    if (shown === null) return
    return watchRemovals(shown, async (removal) => {
      if (removal.by !== null) await shown.people.known(removal.by)
      toast(removalSentence(removal, shown), PASSING.has(removal.what) ? 'info' : 'error')
    })
  })
  effect(() => {
    const shown = chat.value
    if (shown === null) return
    const left = stranded(shown)
    let told = 0
    return effect(() => {
      const { length } = left.value
      if (length > told) {
        const show = () => openDialog(h(Stranded, {}))
        toast(t('stranded'), 'error', { name: t('stranded_show'), run: show })
      }
      told = length
    })
  })
  navigator.serviceWorker?.addEventListener('message', ({ data, ports }) => {
    const { open, shows } = data as { open?: Asked; shows?: string }
    if (shows !== undefined) ports[0]?.postMessage(chat.peek()?.me === shows)
    if (open !== undefined) void visit(open)
  })
}

/** A notification was clicked: this tab opens its message. */
async function visit({ account, room, seq }: Asked): Promise<void> {
  // It may have been signed out since.
  if (!accounts.all.peek().some(({ id }) => id === account)) return
  if (account !== chat.peek()?.me) await show(account)
  go(roomLink(room, seq))
}
