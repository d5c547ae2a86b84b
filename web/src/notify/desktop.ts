/**
 * Notifications of this computer, for what `notification.created` tells of. Every tab hears it; the one that leads
 * shows it, unless another says that its person looks at the room.
 */

import type { Chat } from '../data/chat'
import { serverNow } from '../data/clock'
import type { EventFrame, Push } from '../data/connection'
import { go, roomLink, route } from '../shell/route'
import { registration } from '../shell/update'
import { roomName } from '../sidebar/room_name'
import { plainText } from '../text/plain'
import type { Events } from '../wire/contract'
import { desktop, permission, sound } from './choices'
import { isPushed } from './push'
import { chime } from './sound'
import { t } from './words'

type Created = Events['notification.created']

/** Within this, a tab that shows the room says so. */
const OTHERS_MS = 250
const TEXT = 200
/** What is older is no news: it came while the connection was away. */
const NEWS_MS = 10 * 60_000

/** What is under way to be shown, by notification, and how to hold it back. */
const pending = new Map<string, () => void>()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('chatd-looked-at')
channel?.addEventListener('message', ({ data }) => {
  pending.get(String(data))?.()
})

/** Starts for a chat. Returns how to stop. */
export function notifyOnDesktop(chat: Chat): () => void {
  return chat.listen((frame) => hear(chat, frame))
}

function hear(chat: Chat, frame: Push): void {
  if ('signal' in frame) {
    if (frame.signal === 'read.marked')
      void closeRead(frame.stream.slice('room/'.length), Number(frame.data.seq))
  } else if (frame.event === 'notification.created') void created(chat, frame)
  else if (frame.event === 'message.deleted')
    void closeRead(frame.stream.slice('room/'.length), Number(frame.data.seq), true)
}

async function created(chat: Chat, event: EventFrame): Promise<void> {
  const data = event.data as unknown as Created
  if (serverNow() - event.at > NEWS_MS || data.quiet) return
  if (looksAt(data.room)) {
    channel?.postMessage(data.notification)
    return
  }
  if (!chat.leads) return
  const held = await new Promise<boolean>((resolve) => {
    pending.set(data.notification, () => resolve(true))
    setTimeout(() => resolve(false), OTHERS_MS)
  })
  pending.delete(data.notification)
  if (held) return
  if (sound.peek()) void chime()
  if (!desktop.peek() || permission.peek() !== 'granted') return
  // The same comes by push when nobody can see a page of this browser.
  if (document.visibilityState !== 'visible' && (await isPushed())) return
  const read = chat.store.rooms.get(data.room)?.read ?? 0
  if (data.seq !== undefined && data.seq <= read) return
  await show(chat, data)
}

/** Whether a person has this room before their eyes. */
function looksAt(room: string): boolean {
  const here = route.peek()
  return here.at === 'room' && here.room === room && document.hasFocus()
}

async function show(chat: Chat, data: Created): Promise<void> {
  const room = chat.store.rooms.get(data.room)
  const [author, text] = await Promise.all([nameOf(chat, data.from), textOf(chat, data)])
  const where = room === undefined || room.kind === 'direct' ? '' : ` · ${roomName(chat, room)}`
  const title = data.kind === 'scheduled' ? t('not_posted') : `${author}${where}`
  const options = {
    body: text,
    tag: data.room,
    renotify: true,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge.png',
    data: { account: chat.me, room: data.room, seq: data.seq ?? null },
  }
  const worker = await registration()
  if (worker?.active) await worker.showNotification(title, options)
  else {
    const { renotify: _renotify, badge: _badge, ...plain } = options
    const shown = new Notification(title, plain)
    shown.onclick = () => {
      focus()
      go(roomLink(data.room, data.seq ?? null))
      shown.close()
    }
  }
}

async function nameOf(chat: Chat, account: string): Promise<string> {
  const known = chat.people.profiles.get(account)
  if (known !== undefined) return known.display_name || known.name
  try {
    const [profile] = (await chat.ask('profile.list', { accounts: [account] })).profiles
    return profile?.display_name || profile?.name || '…'
  } catch {
    return '…'
  }
}

async function textOf(chat: Chat, { room, seq, reason }: Created): Promise<string> {
  if (seq === undefined) return reason ?? ''
  try {
    const message = chat.timeline(room).find(seq) ?? (await chat.ask('message.get', { room, seq })).message
    const text = plainText(message.text ?? '', TEXT)
    return text === '' && message.files.length > 0 ? t('files', { count: message.files.length }) : text
  } catch {
    return ''
  }
}

/** Takes away what is shown of a room and was read: up to `seq`, or only that one. */
async function closeRead(room: string, seq: number, only = false): Promise<void> {
  const worker = await registration()
  if (worker === null) return
  for (const shown of await worker.getNotifications({ tag: room })) {
    const about = (shown.data as { seq?: number | null } | null)?.seq ?? 0
    if (only ? about === seq : about <= seq) shown.close()
  }
}
