/** Below the field: files, emoji, marks, how much can still be written, what else one can do, and sending. */

import { type Signal, useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { IconButton } from '../ui/IconButton'
import { Menu } from '../ui/Menu'
import { enterSends, setEnterSends } from './enter'
import { FormatBar } from './FormatBar'
import type { Selection } from './markup'
import { t } from './words'

/** The counter appears when fewer characters than this are left. */
const NEAR_LIMIT = 500

interface FieldBarProps {
  /** A message is edited, whose files stay. */
  editing: boolean
  /** Characters that may still be written. */
  left: number
  emojiOpen: Signal<boolean>
  selection(): Selection
  onSelect(next: Selection): void
  onFiles(chosen: File[]): void
  /** To be sent at another time. */
  onLater(): void
}

export function FieldBar({ editing, left, emojiOpen, selection, onSelect, onFiles, onLater }: FieldBarProps) {
  const picker = useRef<HTMLInputElement>(null)
  const moreFrom = useSignal<HTMLElement | null>(null)
  return (
    <div class="composer-bar">
      <IconButton
        icon="attach"
        label={t('attach')}
        disabled={editing}
        onClick={() => picker.current?.click()}
      />
      <input
        ref={picker}
        type="file"
        class="unseen"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <IconButton
        icon="smile"
        label={t('emoji')}
        aria-expanded={emojiOpen.value}
        onClick={() => {
          emojiOpen.value = !emojiOpen.value
        }}
      />
      <FormatBar selection={selection} onChange={onSelect} />
      <span class={left < 0 ? 'composer-left composer-over' : 'composer-left'} role="status">
        {left < 0 ? t('over', { count: -left }) : left < NEAR_LIMIT ? t('left', { count: left }) : ''}
      </span>
      <IconButton
        icon="more"
        label={t('more')}
        aria-haspopup="menu"
        aria-expanded={moreFrom.value !== null}
        onClick={(event) => {
          moreFrom.value = moreFrom.value === null ? (event.currentTarget as HTMLElement) : null
        }}
      />
      {moreFrom.value !== null && (
        <Menu
          label={t('more')}
          anchor={moreFrom.value}
          items={[
            { label: t('later'), icon: 'time', disabled: editing, onPick: onLater },
            {
              label: t(enterSends.value ? 'enter_line' : 'enter_sends'),
              icon: 'send',
              onPick: () => setEnterSends(!enterSends.peek()),
            },
          ]}
          onClose={() => {
            moreFrom.value = null
          }}
        />
      )}
      <IconButton
        class="composer-send"
        icon={editing ? 'check' : 'send'}
        label={t(editing ? 'edit_save' : 'send')}
        type="submit"
        disabled={left < 0}
        // The focus stays in the field, for the next message, and on a phone the keyboard.
        onMouseDown={(event) => event.preventDefault()}
      />
    </div>
  )
}
