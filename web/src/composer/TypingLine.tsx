/** Who is typing in the room. Each sign goes by itself. */

import { useEffect, useState } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { t } from './state_words'

export function TypingLine({ room }: { room: string }) {
  const chat = useChat()
  const typing = chat.store.typing.row(room).value ?? {}
  const [now, setNow] = useState(Date.now())
  const there = Object.entries(typing).filter(([account, until]) => until > now && account !== chat.me)
  const next = Math.min(...there.map(([, until]) => until))
  useEffect(() => {
    if (!Number.isFinite(next)) return
    const timer = setTimeout(() => setNow(Date.now()), Math.max(0, next - Date.now()) + 20)
    return () => clearTimeout(timer)
  }, [next])
  const names = there
    .filter(([account]) => !chat.store.blocked.value.has(account))
    .map(([account]) => chat.people.profile(account).value?.display_name ?? '…')
  return (
    <p class="typing" aria-live="off">
      {sentence(names)}
    </p>
  )
}

function sentence(names: readonly string[]): string {
  const [a = '', b = ''] = names
  if (names.length === 0) return ''
  if (names.length === 1) return t('typing_one', { a })
  if (names.length === 2) return t('typing_two', { a, b })
  return t('typing_more', { a, b, count: names.length - 2 })
}
