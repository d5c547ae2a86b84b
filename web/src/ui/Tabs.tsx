import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import './tabs.css'

export interface Tab {
  readonly id: string
  readonly label: string
  /** Its address. */
  readonly link: string
}

interface TabsProps {
  label: string
  tabs: readonly Tab[]
  current: string
  children: ComponentChildren
}

/** A screen in parts, each with an address of its own: links, so that the back button works. */
export function Tabs({ label, tabs, current, children }: TabsProps) {
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // On a phone they stand in a row that is wider than the screen.
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [current])
  return (
    <div class="tabs">
      <nav class="tabs-nav" aria-label={label} ref={nav}>
        {tabs.map(({ id, label, link }) => (
          <a key={id} class="tabs-tab" href={link} aria-current={id === current ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="tabs-body">{children}</div>
    </div>
  )
}
