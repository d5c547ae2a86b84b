/** The panel beside the room, each kind loaded when it is first opened. */

import type { FunctionComponent } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { IconButton } from '../ui/IconButton'
import { t as ui } from '../ui/words'
import { lazy } from './Lazy'
import { closePanel, type Panel, panel } from './panel'
import { holdFocus } from './panel_focus'
import { t } from './words'

type PanelOf<K extends Panel['kind']> = Extract<Panel, { kind: K }>
type Shown = { [K in Panel['kind']]?: FunctionComponent<{ panel: PanelOf<K> }> }

const PANELS: Shown = {
  thread: lazy(() => import('../thread/ThreadPanel'), 'ThreadPanel'),
  search: lazy(() => import('../search/SearchPanel'), 'SearchPanel'),
  pins: lazy(() => import('../saved/PinsPanel'), 'PinsPanel'),
  files: lazy(() => import('../saved/FilesPanel'), 'FilesPanel'),
  bookmarks: lazy(() => import('../saved/BookmarksPanel'), 'BookmarksPanel'),
  members: lazy(() => import('../people/MembersPanel'), 'MembersPanel'),
  profile: lazy(() => import('../people/ProfilePanel'), 'ProfilePanel'),
  notifications: lazy(() => import('../inbox/NotificationsPanel'), 'NotificationsPanel'),
}

export function Panels() {
  const shown = panel.value
  useEffect(() => {
    // The button that opened it may still have the focus.
    const onKeyDown = (event: KeyboardEvent) => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        document.querySelector('dialog[open]') === null
      )
        closePanel()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  const box = useRef<HTMLElement>(null)
  const isOpen = shown !== null
  // Before a part takes the focus, and after it has left the page.
  useLayoutEffect(() => (isOpen ? holdFocus() : undefined), [isOpen])
  useEffect(() => {
    // A part may have taken it already, such as the field of a search.
    if (box.current?.contains(document.activeElement) === false) box.current.focus({ preventScroll: true })
  }, [shown])
  if (shown === null) return null
  const Part = PANELS[shown.kind] as FunctionComponent<{ panel: Panel }> | undefined
  return (
    <aside ref={box} class="panel" tabIndex={-1} aria-label={t(`panel_${shown.kind}`)}>
      <header class="panel-head">
        <h2>{t(`panel_${shown.kind}`)}</h2>
        <IconButton icon="close" label={ui('close')} onClick={closePanel} />
      </header>
      {Part !== undefined && <Part panel={shown} />}
    </aside>
  )
}
