/** Shows what is unread outside the page: in its title, its icon, and on the installed app. */

import { computed, effect } from '@preact/signals'
import { serverNow } from '../data/clock'
import { route } from '../shell/route'
import { chat } from '../shell/session'
import { roomName } from '../sidebar/room_name'
import { type Counts, countsOf, titleOf } from './counts'

const NOTHING: Counts = { calls: 0, news: false }

export function showBadge(): void {
  const counts = computed(() => {
    const { store } = chat.value ?? {}
    if (store === undefined) return NOTHING
    void store.subscriptions.version.value
    return countsOf(store.rooms.all(), (room) => store.subscriptions.get(room), serverNow())
  })
  effect(() => {
    const shown = chat.value
    const here = route.value
    const room = here.at === 'room' ? shown?.store.rooms.row(here.room).value : undefined
    const name = shown === null || room === undefined ? null : roomName(shown, room)
    document.title = titleOf(counts.value, name, shown?.store.serverName.value ?? '')
  })
  const state = computed(() => (counts.value.calls > 0 ? 'call' : counts.value.news ? 'news' : 'calm'))
  effect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
    const icon = state.value === 'calm' ? '/favicon.svg' : `/icons/favicon-${state.value}.svg`
    if (link !== null && link.getAttribute('href') !== icon) link.setAttribute('href', icon)
  })
  const number = computed(() => counts.value.calls)
  effect(() => {
    const asked =
      number.value > 0 ? navigator.setAppBadge?.(number.value) : (navigator.clearAppBadge?.() ?? undefined)
    asked?.catch(() => undefined)
  })
}
