/** Lines above the field: what is being written there beside a new message, and how that is ended. */

import type { ComponentChildren } from 'preact'
import type { Composing } from '../message/editing'
import { useChat } from '../shell/chat_context'
import { IconButton } from '../ui/IconButton'
import { t } from './words'

export function ComposingLine({ about, onStop }: { about: Composing; onStop(): void }) {
  const chat = useChat()
  return (
    <ComposerLine stop={t('stop')} onStop={onStop}>
      {about.kind === 'edit'
        ? t('editing')
        : t('replying', { name: chat.people.profile(about.message.by).value?.display_name ?? '…' })}
    </ComposerLine>
  )
}

export function ComposerLine({
  stop,
  onStop,
  children,
}: {
  stop: string
  onStop(): void
  children: ComponentChildren
}) {
  return (
    <div class="composer-about">
      <span>{children}</span>
      <IconButton icon="close" label={stop} onClick={onStop} />
    </div>
  )
}
