/** The frame: sidebar, room or screen, and the panel beside it. On a phone one of them at a time. */

import { useEffect, useLayoutEffect } from 'preact/hooks'
import { RoomView } from '../room/RoomView'
import { Sidebar } from '../sidebar/Sidebar'
import { Toasts } from '../ui/toasts'
import { Banner } from './Banner'
import { ChatContext, useChat } from './chat_context'
import { dialog } from './dialog'
import { bindEverywhere } from './everywhere'
import { lazy } from './Lazy'
import { openLastRoom, rememberRoom } from './last_room'
import { Panels } from './Panels'
import { followRoom } from './panel'
import { holdFocus } from './panel_focus'
import { read, route } from './route'
import { Screens } from './Screens'
import { chat } from './session'
import { t } from './words'
import './app.css'
import './print.css'

const GettingIn = lazy(() => import('../getting_in/GettingIn'), 'GettingIn')

export function App() {
  const shown = chat.value
  return (
    <>
      {shown === null ? (
        <GettingIn />
      ) : (
        <ChatContext.Provider value={shown}>
          <Frame key={shown.me} />
        </ChatContext.Provider>
      )}
      <Toasts />
    </>
  )
}

/** By itself: a node that is drawn again with the frame could lose what its part has done meanwhile. */
function OpenDialog() {
  const { value } = dialog
  const isOpen = value !== null
  useLayoutEffect(() => {
    if (!isOpen) return
    const giveBack = holdFocus()
    // What is typed while it is loaded is not for the field behind it.
    ;(document.activeElement as HTMLElement | null)?.blur()
    return giveBack
  }, [isOpen])
  return value
}

function Frame() {
  const shown = useChat()
  const { value } = route
  useEffect(() => bindEverywhere(shown), [shown])
  const screen = value.at === 'screen' ? value.name : null
  useEffect(() => {
    // What was pressed to come here is not where one goes on. A field that wants the focus takes it later.
    if (screen !== null) document.getElementById('main')?.focus({ preventScroll: true })
  }, [screen])
  useEffect(() => {
    if (value.at === 'screen') followRoom(null)
    if (value.at === 'room') {
      rememberRoom(shown.me, value.room)
      followRoom(value.room, shown.store.rooms.get(value.room) !== undefined)
    }
    // The address may say already where the person goes from here.
    else if (read(location.hash).at === 'home' && matchMedia('(min-width: 701px)').matches)
      openLastRoom(shown)
  }, [value, shown.store.rooms.ids.value.length === 0])
  return (
    <div class={`app app-at-${value.at}`}>
      {/* A button and no link: the address's hash is the route. */}
      <button type="button" class="app-skip" onClick={() => document.getElementById('main')?.focus()}>
        {t('skip')}
      </button>
      <Banner />
      <Sidebar />
      <main class="app-main" id="main" tabIndex={-1}>
        {value.at === 'room' && <RoomView key={value.room} room={value.room} seq={value.seq} />}
        {value.at === 'screen' && <Screens name={value.name} rest={value.rest} />}
        {value.at === 'home' && <p class="app-empty">{t('choose_room')}</p>}
      </main>
      <Panels />
      <OpenDialog />
    </div>
  )
}
