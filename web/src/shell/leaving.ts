/** Has the browser ask before the page goes with something that would be lost with it. */

import { chat } from './session'
import { unkept } from './storage'

export function askBeforeLeaving(): void {
  addEventListener('beforeunload', (event) => {
    const shown = chat.peek()
    if (shown !== null && (shown.uploads.fragile || (shown.busy && unkept.peek()))) event.preventDefault()
  })
}
