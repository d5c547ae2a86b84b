import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { PasskeyChallenge, PasskeyProof } from '../wire/contract'
import { canPasskey, challenge, proved, provedInField } from './passkey'

interface Passkeys {
  /** Whether passkeys sign in here. */
  readonly offered: ReadonlySignal<boolean>
  /** Asks for one now; null when none was used. `alone`: instead of a password. */
  ask(alone: boolean): Promise<PasskeyProof | null>
}

/** Passkeys of a form for signing in: in the suggestions of its fields, for which `use` is called, and when asked. */
export function usePasskeys(use: (proof: PasskeyProof) => void): Passkeys {
  const offered = useSignal(false)
  const using = useRef(use)
  using.current = use
  const inField = useRef<AbortController | null>(null)
  const left = useRef(false)
  const offerInField = async (begun: PasskeyChallenge) => {
    if (left.current) return
    const ending = new AbortController()
    inField.current = ending
    const proof = await provedInField(begun, ending.signal)
    if (proof !== null && !ending.signal.aborted) using.current(proof)
  }
  useEffect(() => {
    if (canPasskey())
      challenge()
        .then((begun) => {
          offered.value = true
          return offerInField(begun)
        })
        .catch(() => undefined) // no passkeys under this name, or the form says what is wrong when it is sent
    return () => {
      left.current = true
      inField.current?.abort()
    }
  }, [])
  const ask = async (alone: boolean) => {
    // The browser answers one question at a time.
    inField.current?.abort()
    const proof = await proved(await challenge(), { alone })
    if (proof === null)
      void challenge()
        .then(offerInField)
        .catch(() => undefined)
    return proof
  }
  return { offered, ask }
}
