import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from './Icon'
import './menu.css'

export interface MenuItem {
  label: string
  icon?: IconName
  danger?: boolean
  disabled?: boolean
  /** Of several, of which one is chosen: whether it is this one. */
  chosen?: boolean
  /** A sign at its end, such as a count, and what it means. */
  note?: string
  noteLabel?: string
  onPick(): void
}

interface MenuProps {
  label: string
  items: readonly MenuItem[]
  /** The menu stands below or above it. */
  anchor: HTMLElement
  onClose(): void
  children?: ComponentChildren
}

/**
 * A menu of actions with roving focus: arrows, Home, End, first letters, Escape. The focus goes back to what had it, such
 * as the row whose key opened it.
 */
export function Menu({ label, items, anchor, onClose, children }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  const opener = useRef(anchor)
  useEffect(() => {
    const box = menu.current as HTMLDivElement
    const { activeElement, body } = document
    if (activeElement !== body) opener.current = activeElement as HTMLElement
    place(box, anchor)
    buttons(box)[0]?.focus()
    const outside = (event: Event) => {
      if (!box.contains(event.target as Node) && !anchor.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', outside)
    return () => {
      document.removeEventListener('pointerdown', outside)
      if (box.contains(document.activeElement) || document.activeElement === body) opener.current.focus()
    }
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttons(menu.current as HTMLDivElement)
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const to = step(event.key, at, all)
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
    } else if (to !== null) {
      event.preventDefault()
      all[to]?.focus()
    }
  }
  const withIcons = items.some(({ icon, chosen }) => icon !== undefined || chosen)
  return (
    <div ref={menu} class="menu" role="menu" aria-label={label} onKeyDown={onKeyDown} popover="manual">
      {items.map((item) => (
        <button
          type="button"
          {...roleOf(item)}
          tabIndex={-1}
          key={item.label}
          class={item.danger ? 'menu-item menu-danger' : 'menu-item'}
          disabled={item.disabled}
          onClick={() => {
            opener.current.focus() // what is opened gives the focus back to it
            onClose()
            item.onPick()
          }}
        >
          <Sign name={item.chosen ? 'check' : item.icon} gap={withIcons} />
          {item.label}
          {item.note && (
            <>
              <span class="menu-note" aria-hidden="true">
                {item.note}
              </span>
              <span class="unseen">, {item.noteLabel}</span>
            </>
          )}
        </button>
      ))}
      {children}
    </div>
  )
}

function roleOf({ chosen }: MenuItem) {
  if (chosen === undefined) return { role: 'menuitem' } as const
  return { role: 'menuitemradio', 'aria-checked': chosen } as const
}

function Sign({ name, gap }: { name: IconName | undefined; gap: boolean }) {
  return name === undefined ? gap && <span class="menu-gap" /> : <Icon name={name} size={18} />
}

function buttons(box: HTMLElement): HTMLButtonElement[] {
  return [...box.querySelectorAll<HTMLButtonElement>('[role^=menuitem]:not(:disabled)')]
}

function step(key: string, at: number, all: readonly HTMLElement[]): number | null {
  if (key === 'ArrowDown') return (at + 1) % all.length
  if (key === 'ArrowUp') return (at - 1 + all.length) % all.length
  if (key === 'Home') return 0
  if (key === 'End') return all.length - 1
  if (key.length !== 1) return null
  const letter = key.toLowerCase()
  const order = [...all.keys()].map((offset) => (at + 1 + offset) % all.length)
  return order.find((i) => all[i]?.textContent?.trim().toLowerCase().startsWith(letter)) ?? null
}

/** Shows what has `popover` in the top layer, beside its anchor, inside the window. */
export function place(box: HTMLElement, anchor: HTMLElement): void {
  box.showPopover()
  const at = anchor.getBoundingClientRect()
  const { width, height } = box.getBoundingClientRect()
  const below = at.bottom + 4 + height <= innerHeight
  const rtl = getComputedStyle(anchor).direction === 'rtl'
  const left = rtl ? at.left : at.right - width
  const top = below ? at.bottom + 4 : at.top - height - 4
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`
  box.style.left = `${Math.min(Math.max(8, left), innerWidth - width - 8)}px`
}
