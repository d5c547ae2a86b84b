/** All emoji in a grid, by group or by search. Arrow keys go through it, Enter takes one, Escape closes, Tab stays. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { typedInto } from '../ui/input'
import { place } from '../ui/Menu'
import { EmojiGroups } from './EmojiGroups'
import { EmojiImage } from './EmojiImage'
import { EmojiTones } from './EmojiTones'
import { allEmoji, customEmoji, type Emoji } from './emoji'
import { matching } from './find'
import { emojiOf, RECENTLY } from './groups'
import { recent, tone, used } from './recent'
import { t } from './words'
import './emoji.css'

interface EmojiPickerProps {
  /** Whose own emoji are offered too. */
  space: string | null
  /** Beside it the picker stands in the top layer; without it above its place. */
  anchor?: HTMLElement
  onPick(emoji: string): void
  onClose(): void
}

const MOST_FOUND = 120

export function EmojiPicker({ space, anchor, onPick, onClose }: EmojiPickerProps) {
  const chat = useChat()
  const box = useRef<HTMLDivElement>(null)
  const all = useSignal<readonly Emoji[]>([])
  const failed = useSignal(false)
  const typed = useSignal('')
  const group = useSignal<number>(recent.peek().length > 0 ? RECENTLY : 0)
  const custom = customEmoji(chat.emoji.of(space).value?.values() ?? [])
  useEffect(() => {
    allEmoji().then(
      (list) => {
        all.value = list
      },
      () => {
        failed.value = true
      },
    )
    if (anchor !== undefined) {
      place(box.current as HTMLElement, anchor)
      box.current?.querySelector('input')?.focus({ preventScroll: true })
    }
    const outside = ({ target }: Event) => {
      if (!box.current?.contains(target as Node) && !anchor?.contains(target as Node)) onClose()
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [])
  const every = [...custom, ...all.value]
  const shown =
    typed.value.trim() === ''
      ? emojiOf(group.value, every)
      : matching(every, typed.value).slice(0, MOST_FOUND)
  const pick = (one: Emoji) => {
    const emoji = one.tones[tone.value - 1] ?? one.emoji
    used(emoji)
    onPick(emoji)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
      return
    }
    if (event.key === 'Tab') {
      const stops = [
        ...(box.current as HTMLElement).querySelectorAll<HTMLElement>(
          ':is(input, button):not([tabindex="-1"])',
        ),
      ]
      const [last, first] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]]
      if (document.activeElement !== last) return
      event.preventDefault()
      first?.focus()
      return
    }
    const cells = [...(box.current?.querySelectorAll<HTMLButtonElement>('.emoji-cell') ?? [])]
    const at = cells.indexOf(document.activeElement as HTMLButtonElement)
    const inSearch = event.target instanceof HTMLInputElement
    if (inSearch && event.key === 'Enter' && shown[0] !== undefined) {
      event.preventDefault()
      pick(shown[0])
      return
    }
    const to = inSearch ? (event.key === 'ArrowDown' ? 0 : null) : step(event.key, at, cells)
    if (to === null) return
    event.preventDefault()
    cells[Math.max(0, Math.min(cells.length - 1, to))]?.focus()
  }
  return (
    <div
      class={anchor === undefined ? 'emoji-picker' : 'emoji-picker emoji-floating'}
      popover={anchor === undefined ? undefined : 'manual'}
      ref={box}
      role="dialog"
      aria-label={t('title')}
      onKeyDown={onKeyDown}
    >
      <input
        class="emoji-search"
        type="search"
        autofocus
        aria-label={t('search')}
        placeholder={t('search')}
        ref={(input) => {
          if (input !== null && box.current?.contains(document.activeElement) === false) input.focus()
        }}
        {...typedInto(typed)}
      />
      <EmojiGroups
        chosen={typed.value === '' ? group.value : null}
        own={custom.length > 0}
        onChoose={(id) => {
          group.value = id
          typed.value = ''
        }}
      />
      <div class="emoji-grid">
        {shown.map((one, index) => (
          <button
            key={one.emoji}
            type="button"
            class="emoji-cell"
            tabIndex={index === 0 ? 0 : -1}
            aria-label={one.label}
            title={one.short === '' ? one.label : `:${one.short}:`}
            onClick={() => pick(one)}
          >
            <EmojiImage emoji={one.tones[tone.value - 1] ?? one.emoji} space={space} />
          </button>
        ))}
        {failed.value && <p role="alert">{t('failed')}</p>}
        {all.value.length > 0 && shown.length === 0 && <p>{t('none')}</p>}
      </div>
      <EmojiTones />
    </div>
  )
}

/** Where an arrow key leads in the grid; rows are found by where the cells stand. */
function step(key: string, at: number, cells: readonly HTMLElement[]): number | null {
  if (key === 'ArrowRight') return at + 1
  if (key === 'ArrowLeft') return at - 1
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null
  const top = cells[0]?.offsetTop
  const columns = Math.max(
    1,
    cells.findIndex((cell) => cell.offsetTop !== top),
  )
  return key === 'ArrowDown' ? at + columns : at - columns
}
