/** The scheduled messages of the account that is shown, kept true by signals. */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Chat } from '../data/chat'
import type { ScheduledChanged, ScheduledMessage } from '../wire/contract'

const known = new WeakMap<Chat, Signal<readonly ScheduledMessage[]>>()

/** The next to be sent first. */
export function scheduledOf(chat: Chat): ReadonlySignal<readonly ScheduledMessage[]> {
  let list = known.get(chat)
  if (list === undefined) {
    const fresh = signal<readonly ScheduledMessage[]>([])
    known.set(chat, fresh)
    chat.status.subscribe((status) => {
      if (status.state !== 'open') return
      chat.ask('message.scheduled', {}).then(
        ({ scheduled }) => {
          fresh.value = scheduled
        },
        () => undefined, // the connection went; the next one asks again
      )
    })
    chat.listen((frame) => {
      if ('signal' in frame && frame.signal === 'scheduled.changed')
        fresh.value = changed(fresh.peek(), frame.data as unknown as ScheduledChanged)
    })
    list = fresh
  }
  return list
}

/**
 * The server knows no change: a new one takes the old one's place, with its files. If the old one cannot be taken back,
 * since it is on its way, the new one is, so that nothing is posted twice.
 */
export async function rescheduled(
  chat: Pick<Chat, 'ask'>,
  { id, room, attachments, reply_to, expires_in }: ScheduledMessage,
  text: string,
  post_at: number,
): Promise<void> {
  const changed = { room, text, post_at, attachments, reply_to, expires_in }
  const { scheduled } = await chat.ask('message.schedule', changed)
  try {
    await chat.ask('message.unschedule', { scheduled: id })
  } catch (error) {
    await chat.ask('message.unschedule', { scheduled: scheduled.id }).catch(() => undefined)
    throw error
  }
}

export function changed(
  list: readonly ScheduledMessage[],
  change: ScheduledChanged,
): readonly ScheduledMessage[] {
  const others = list.filter(({ id }) => id !== change.id)
  const all = change.gone ? others : [...others, change as ScheduledMessage]
  return all.sort((a, b) => a.post_at - b.post_at)
}
