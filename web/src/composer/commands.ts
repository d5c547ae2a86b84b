/** Commands that begin with `/`: what they are called, what they take, and what they do. */

import { h } from 'preact'
import type { Chat } from '../data/chat'
import { openDialog } from '../shell/dialog'
import { openPanel } from '../shell/panel'
import { leaveRoom } from '../shell/route'
import { ShortcutHelp } from '../sidebar/dialogs'
import { toast } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { secondsOf } from './later'
import { called } from './slash'
import { t } from './words'

export interface Command {
  readonly name: string
  /** What stands behind the name, in the reader's language; empty where nothing does. */
  usage(): string
  does(): string
  /** Rejects with what to do about it. */
  run(chat: Chat, room: OwnRoom, rest: string): Promise<Outcome> | Outcome
}

/** Nothing more to do; a message to post now; or one for which a time is to be chosen. */
export type Outcome =
  | undefined
  | { readonly post: string; readonly expiresIn?: number }
  | { readonly later: string }

export interface Called {
  readonly name: string
  readonly command: Command | undefined
  /** What stands behind the name. */
  readonly rest: string
}

const needs = (rest: string, what: string): string => {
  if (rest === '') throw new Error(t('needs', { what }))
  return rest
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'topic',
    usage: () => t('use_topic'),
    does: () => t('does_topic'),
    async run(chat, room, rest) {
      await chat.ask('room.update', { room: room.id, topic: rest })
      return undefined
    },
  },
  {
    name: 'invite',
    usage: () => t('use_invite'),
    does: () => t('does_invite'),
    async run(chat, room, rest) {
      const wanted = needs(rest, '@name').replace(/^@/, '')
      const account = await accountNamed(chat, room, wanted)
      await chat.ask('room.invite', { room: room.id, account })
      toast(t('invited', { name: wanted }))
      return undefined
    },
  },
  {
    name: 'leave',
    usage: () => '',
    does: () => t('does_leave'),
    async run(chat, room) {
      await chat.ask(room.kind === 'direct' ? 'direct.leave' : 'room.leave', { room: room.id })
      leaveRoom(room.id)
      return undefined
    },
  },
  {
    name: 'mute',
    usage: () => t('use_mute'),
    does: () => t('does_mute'),
    async run(chat, room, rest) {
      const hours = rest === '' ? 8 : Number(rest)
      if (!(hours > 0)) throw new Error(t('needs', { what: t('use_mute') }))
      await chat.ask('subscription.update', { room: room.id, mute_for: Math.round(hours * 3600) })
      toast(t('muted', { count: hours }))
      return undefined
    },
  },
  ...(['away', 'dnd', 'online'] as const).map(
    (state): Command => ({
      name: state,
      usage: () => '',
      does: () => t(`does_${state}`),
      async run(chat) {
        await chat.ask('presence.set', { state })
        return undefined
      },
    }),
  ),
  {
    name: 'schedule',
    usage: () => t('use_text'),
    does: () => t('does_schedule'),
    run: (_chat, _room, rest) => ({ later: needs(rest, t('use_text')) }),
  },
  {
    name: 'expire',
    usage: () => t('use_expire'),
    does: () => t('does_expire'),
    run(_chat, _room, rest) {
      const [time = '', ...words] = rest.split(/\s+/)
      const expiresIn = secondsOf(time)
      if (expiresIn === null || words.length === 0) throw new Error(t('needs', { what: t('use_expire') }))
      return { post: rest.slice(time.length).trim(), expiresIn }
    },
  },
  {
    name: 'search',
    usage: () => t('use_search'),
    does: () => t('does_search'),
    run(_chat, room, rest) {
      openPanel({ kind: 'search', text: rest, room: room.id })
      return undefined
    },
  },
  {
    name: 'shrug',
    usage: () => t('use_shrug'),
    does: () => t('does_shrug'),
    run: (_chat, _room, rest) => ({ post: `${rest} ¯\\\\\\_(ツ)\\_/¯`.trim() }),
  },
  {
    name: 'help',
    usage: () => '',
    does: () => t('does_help'),
    run() {
      openDialog(h(ShortcutHelp, {}))
      return undefined
    },
  },
]

/** The command that a text calls, or null where it is a message. */
export function commandIn(text: string): Called | null {
  const found = called(text)
  return found && { ...found, command: COMMANDS.find(({ name }) => name === found.name) }
}

async function accountNamed(chat: Chat, room: OwnRoom, name: string): Promise<string> {
  let after: string | null = null
  do {
    const page: { members: readonly { account: string; name: string }[]; next: string | null } =
      await chat.ask('space.members', { space: room.space as string, after, limit: 500 })
    const found = page.members.find((member) => member.name.toLowerCase() === name.toLowerCase())
    if (found !== undefined) return found.account
    after = page.next
  } while (after !== null)
  throw new Error(t('nobody_named', { name }))
}
