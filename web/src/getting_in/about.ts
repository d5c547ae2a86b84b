import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { askOnce } from '../data/connection'
import { socketUrl } from '../shell/session'
import type { IdentityProvider, ServerAbout } from '../wire/contract'

interface Door {
  readonly about: ServerAbout
  readonly provider: IdentityProvider | null
}

/** What the server says of itself to strangers; null until it is known. */
export function useDoor(): ReadonlySignal<Door | null> {
  const door = useSignal<Door | null>(null)
  useEffect(() => {
    Promise.all([askOnce(socketUrl, 'server.about', {}), askOnce(socketUrl, 'identity.provider', {})]).then(
      ([about, { provider }]) => {
        door.value = { about, provider }
      },
      () => undefined, // the form says what is wrong when it is sent
    )
  }, [])
  return door
}
