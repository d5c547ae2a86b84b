/** A name in a text, and whom of the message's mentions it means. */

import type { Chat } from '../data/chat'
import { openPanel } from '../shell/panel'
import { mentioned, mentionedBefore } from '../text/mentions'

interface MentionProps {
  text: string
  /** The text that it stands in, and the message's mentions. */
  whole: string
  mentions: readonly string[]
  chat: Chat
}

export function Mention({ text, whole, mentions, chat }: MentionProps) {
  const profileOf = (id: string) => chat.people.profile(id).value
  const found = mentioned(text, mentions, profileOf) ?? mentionedBefore(text, whole, mentions, profileOf)
  if (found === null) return text
  if (found.kind === 'group')
    return (
      <>
        <span class="text-mention text-mention-me">@{found.name}</span>
        {found.rest}
      </>
    )
  const profile = chat.people.profile(found.id).value
  return (
    <>
      <button
        type="button"
        class={found.id === chat.me ? 'text-mention text-mention-me' : 'text-mention'}
        title={`@${profile?.name ?? ''}`}
        onClick={() => openPanel({ kind: 'profile', account: found.id })}
      >
        <bdi>@{profile?.display_name ?? text.slice(1)}</bdi>
      </button>
      {found.rest}
    </>
  )
}
