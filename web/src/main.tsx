/** The composition root: looks, language, the data layer, and the frame. */

import { effect } from '@preact/signals'
import { render } from 'preact'
import { wording } from './i18n/said'
import { language } from './i18n/strings'
import { loadComposer } from './room/RoomView'
import { App } from './shell/App'
import { stayAwake } from './shell/awake'
import { leaveComposingAlone } from './shell/keys'
import { askBeforeLeaving } from './shell/leaving'
import { placeMessageParts } from './shell/message_parts'
import { forgetOldNodes } from './shell/old_nodes'
import { chat, start } from './shell/session'
import { unkept } from './shell/storage'
import { followTheme } from './shell/theme'
import { followVersions } from './shell/update'
import { t } from './shell/words'
import { toast } from './ui/toasts'
import './ui/base.css'

effect(() => {
  document.documentElement.lang = language.value
  wording.value = null
  if (language.value !== 'de') return
  import('./i18n/german_refusals').then(
    ({ german }) => {
      wording.value = language.peek() === 'de' ? german : null
    },
    () => undefined, // offline: until then the server speaks for itself
  )
})
unkept.subscribe((is) => {
  if (is) toast(t('not_kept'), 'error')
})
leaveComposingAlone()
forgetOldNodes()
followTheme()
placeMessageParts()
// What is kept of the account is read first, so that nothing else is shown for a moment.
void start().finally(() => {
  render(<App />, document.getElementById('app') as HTMLElement)
  stayAwake()
  askBeforeLeaving()
  // Every room has the field: it comes while the session is being opened.
  if (chat.peek() !== null) void loadComposer().catch(() => undefined)
  // The title's count can wait until there is something to read.
  void import('./notify/start').then(
    ({ startNotifying }) => startNotifying(),
    () => undefined, // offline: with the next start
  )
  followVersions()
})
