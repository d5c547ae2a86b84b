/** Below a message: who reacted with what. Pressing one joins in, or takes it back. */

import { shownReactions } from '../data/reacting'
import { rightsIn } from '../data/room_rights'
import { EmojiImage } from '../emoji/EmojiImage'
import { useChat } from '../shell/chat_context'
import type { Reaction } from '../wire/contract'
import { isOpen } from './may'
import { react, wanted } from './react'
import type { SlotProps } from './slots'
import { t } from './words'
import './reactions.css'

/** Names in the tooltip; the rest is a number. */
const NAMED = 10

export function Reactions({ room, message, place }: SlotProps) {
  const chat = useChat()
  const shown = shownReactions(
    message.reactions,
    wanted(room.id, message.seq),
    chat.me,
    chat.store.blocked.value,
  )
  if (shown.length === 0) return null
  const open = place !== 'list' && isOpen(chat, room)
  const may = open && rightsIn(chat, room.id).value?.['reaction.add'] !== false
  return (
    <ul class="reactions" aria-label={t('reactions')}>
      {shown.map((reaction) => {
        const mine = reaction.accounts.includes(chat.me)
        const who = names(chat, reaction)
        return (
          <li key={reaction.emoji}>
            <button
              type="button"
              class="reaction"
              aria-pressed={mine}
              aria-label={t('reacted', { emoji: reaction.emoji, names: who })}
              title={who}
              aria-disabled={!(may || (open && mine))}
              onClick={() => {
                if (may || (open && mine)) react(chat, room.id, message, reaction.emoji)
              }}
            >
              <EmojiImage emoji={reaction.emoji} space={room.space} />
              <span>{reaction.count}</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function names(chat: ReturnType<typeof useChat>, { accounts, count }: Reaction): string {
  const known = accounts
    .slice(0, NAMED)
    .map((account) =>
      account === chat.me ? t('you') : (chat.people.profile(account).value?.display_name ?? '…'),
    )
  const rest = count - known.length
  return rest > 0 ? t('and_more', { names: known.join(', '), count: rest }) : known.join(', ')
}
