/** Messages that were refused and whose room is not there any more: no room shows them. */

import { computed, type ReadonlySignal } from '@preact/signals-core'
import type { Chat } from '../data/chat'
import type { OutboxEntry } from '../data/outbox'

export function stranded(chat: Chat): ReadonlySignal<readonly OutboxEntry[]> {
  return computed(() => {
    const failed = chat.outbox.all.value.filter(({ state }) => state === 'failed')
    const listed = chat.store.rooms.ids.value
    return chat.live.value ? failed.filter(({ room }) => !listed.includes(room)) : []
  })
}
