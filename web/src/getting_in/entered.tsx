/** What happens once somebody is in. */

import { effect } from '@preact/signals'
import { go, route, screenLink } from '../shell/route'
import { chat, signedIn } from '../shell/session'
import { enterSpace } from '../sidebar/enter_space'
import type { SignedIn } from '../wire/contract'

/** Addresses that are ways in, and show nothing of a chat. */
const DOORS: ReadonlySet<string> = new Set(['add-account', 'setup', 'sign-in', 'sign-up', 'invite', 'sso'])

/** Shows the account: where it was wanted, at the invite that led here, or at home. */
export async function entered(result: SignedIn, invite = ''): Promise<void> {
  const { value } = route
  if (invite !== '') go(screenLink('invite', invite), true)
  else if (value.at === 'screen' && DOORS.has(value.name)) go('#/', true)
  await signedIn(result)
}

/** For somebody who came by an invite: a room, or a choice of rooms, as soon as they are known. */
export function offerRooms(): void {
  const stop = effect(() => {
    const shown = chat.value
    const space = shown?.store.spaces.all()[0]
    if (shown === null || space === undefined || shown.status.value.state !== 'open') return
    queueMicrotask(() => {
      stop()
      void enterSpace(shown, space)
    })
  })
}
