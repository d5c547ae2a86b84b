/** The acts of the row that is active: the first ones as buttons, all in a menu, and each by its key. */

import { useComputed, useSignal } from '@preact/signals'
import { useContext, useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { recent } from '../emoji/recent'
import { useChat } from '../shell/chat_context'
import { lazy } from '../shell/Lazy'
import { IconButton } from '../ui/IconButton'
import { Menu } from '../ui/Menu'
import { t } from './act_words'
import { activeRow, focusedRow } from './active'
import { actsFor } from './acts'
import { mayHere } from './may'
import { react } from './react'
import type { SlotProps } from './slots'
import { ThreadRoot } from './thread_root'
import './actions.css'

const EmojiPicker = lazy(() => import('../emoji/EmojiPicker'), 'EmojiPicker')

/** Buttons beside the ones that open the picker and the menu. */
const SHOWN = 3
/** For whoever has neither chosen nor used any. */
const FIRST = ['👍', '❤️', '😂']

export function Actions(props: SlotProps) {
  const place = useRef<HTMLSpanElement>(null)
  const isMine = (row: Element | null) => row !== null && row === place.current?.closest('[data-seq]')
  const active = useComputed(() => isMine(activeRow.value))
  const focused = useComputed(() => isMine(focusedRow.value))
  const busy = useSignal(false)
  if (props.place === 'list' || props.message.deleted) return null
  return (
    <span ref={place}>
      {(active.value || focused.value || busy.value) && (
        <Bar
          {...props}
          inSight={active.value || busy.value}
          onBusy={(is) => {
            busy.value = is
          }}
        />
      )}
    </span>
  )
}

interface BarProps extends SlotProps {
  /** Otherwise only its keys are there. */
  inSight: boolean
  /** A menu or the picker is open, and the bar stays. */
  onBusy(is: boolean): void
}

function Bar({ room, message, place, inSight, onBusy }: BarProps) {
  const chat = useChat()
  const thread = useContext(ThreadRoot)
  const bar = useRef<HTMLDivElement>(null)
  const menu = useSignal(false)
  const picking = useSignal(false)
  const mayReact = mayHere(chat, room, message).react
  const acts = actsFor(chat, room, message, place, thread)
  const chosen = chat.store.preferences.value?.quick_reactions ?? []
  const quick = [...new Set([...chosen, ...recent.value.filter((one) => !one.startsWith(':')), ...FIRST])]
  const row = () => bar.current?.closest<HTMLElement>('[data-seq]') ?? null
  const button = (name: 'more' | 'pick') =>
    bar.current?.querySelector<HTMLElement>(`.actions-${name}`) as HTMLElement
  const stopPicking = () => {
    picking.value = false
    row()?.focus({ preventScroll: true })
  }
  // Before the next key: who goes through messages quickly presses it at once.
  useLayoutEffect(() => {
    const here = row()
    const onKeyDown = (event: KeyboardEvent) => {
      // Letters belong to the row only while it is itself what has the focus.
      if (event.target !== here || focusedRow.peek() !== here) return
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const act = acts.find(({ key }) => key === event.key)
      if (event.key === '+' && mayReact) picking.value = true
      else if (event.key === 'm') menu.value = true
      else if (act !== undefined) act.run()
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    const onContextMenu = (event: Event) => {
      const target = event.target as Element
      if (target.closest('a, img, input, video, audio') || getSelection()?.isCollapsed === false) return
      event.preventDefault()
      menu.value = true
    }
    here?.addEventListener('keydown', onKeyDown)
    here?.addEventListener('contextmenu', onContextMenu)
    return () => {
      here?.removeEventListener('keydown', onKeyDown)
      here?.removeEventListener('contextmenu', onContextMenu)
    }
  })
  useEffect(() => onBusy(menu.value || picking.value), [menu.value, picking.value])
  if (acts.length === 0) return null
  const shown = inSight || menu.value || picking.value
  return (
    <div
      class={shown ? 'actions' : 'actions actions-waiting'}
      ref={bar}
      role="toolbar"
      aria-label={t('actions')}
    >
      {mayReact &&
        quick.slice(0, SHOWN).map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="actions-emoji"
            aria-label={t('react_with', { emoji })}
            title={t('react_with', { emoji })}
            onClick={() => react(chat, room.id, message, emoji)}
          >
            {emoji}
          </button>
        ))}
      {mayReact && (
        <IconButton
          class="actions-pick"
          icon="smile"
          label={t('react')}
          aria-haspopup="dialog"
          aria-expanded={picking.value}
          onClick={() => {
            picking.value = !picking.value
          }}
        />
      )}
      {acts.slice(0, SHOWN).map((act) => (
        <IconButton key={act.id} icon={act.icon} label={act.label} onClick={act.run} />
      ))}
      <IconButton
        class="actions-more"
        icon="more"
        label={t('more')}
        aria-haspopup="menu"
        aria-expanded={menu.value}
        onClick={() => {
          menu.value = !menu.value
        }}
      />
      {menu.value && (
        <Menu
          label={t('actions')}
          anchor={button('more')}
          items={acts.map(({ label, icon, danger, run }) => ({ label, icon, danger, onPick: run }))}
          onClose={() => {
            menu.value = false
          }}
        />
      )}
      {picking.value && (
        <EmojiPicker
          space={room.space}
          anchor={button('pick')}
          onPick={(emoji) => {
            stopPicking()
            react(chat, room.id, message, emoji)
          }}
          onClose={stopPicking}
        />
      )}
    </div>
  )
}
