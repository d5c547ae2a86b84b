/** Passkeys through the browser's own interface (WebAuthn), and what the protocol calls their parts. */

import { askOnce } from '../data/connection'
import { socketUrl } from '../shell/session'
import type { PasskeyBegun, PasskeyChallenge, PasskeyProof } from '../wire/contract'
import { base64url, fromBase64url } from './base64url'

/** A new challenge is asked for so long before the old one ends. */
const EARLY_S = 30

/** Whether this browser has passkeys, for a page that came over HTTPS or from this machine. */
export const canPasskey = (): boolean => isSecureContext && 'PublicKeyCredential' in globalThis

/** A challenge for signing in. Rejects with `Refused` where the server has no passkeys under this name. */
export function challenge(): Promise<PasskeyChallenge> {
  return askOnce(socketUrl, 'account.passkey_begin', { host: location.hostname })
}

interface Proving {
  /** A passkey alone must ask who one is; beside a password its possession is enough. */
  readonly alone: boolean
  readonly mediation?: CredentialMediationRequirement
  readonly signal?: AbortSignal
}

/** Lets the person choose a passkey. Null when none was used. */
export async function proved(
  begun: PasskeyChallenge,
  { alone, mediation, signal }: Proving,
): Promise<PasskeyProof | null> {
  const credential = await orNull(() =>
    navigator.credentials.get({
      publicKey: {
        rpId: begun.rp,
        challenge: fromBase64url(begun.challenge),
        userVerification: alone ? 'required' : 'discouraged',
        timeout: begun.expires_in * 1000,
      },
      ...(mediation === undefined ? {} : { mediation }),
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  if (credential === null) return null
  const answer = credential.response as AuthenticatorAssertionResponse
  return {
    ceremony: begun.ceremony,
    credential: credential.id,
    client_data: base64url(new Uint8Array(answer.clientDataJSON)),
    authenticator_data: base64url(new Uint8Array(answer.authenticatorData)),
    signature: base64url(new Uint8Array(answer.signature)),
  }
}

/** What the fields offer by themselves, until `signal` ends it. Null where the browser does not do that. */
export async function provedInField(
  first: PasskeyChallenge,
  signal: AbortSignal,
): Promise<PasskeyProof | null> {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return null
  for (let begun = first; ; begun = await challenge()) {
    const soon = AbortSignal.timeout((begun.expires_in - EARLY_S) * 1000)
    const proof = await proved(begun, {
      alone: true,
      mediation: 'conditional',
      signal: AbortSignal.any([signal, soon]),
    })
    if (proof !== null || !soon.aborted || signal.aborted) return proof
  }
}

interface Made {
  readonly ceremony: string
  readonly client_data: string
  readonly attestation: string
}

/**
 * Lets the browser make a passkey. Null when the person thought better of it. Rejects with an `InvalidStateError`
 * where the device has one of the account's already.
 */
export async function made(
  begun: PasskeyBegun,
  person: { name: string; display_name: string },
): Promise<Made | null> {
  const credential = await orNull(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { id: begun.rp, name: begun.rp_name },
        user: {
          id: fromBase64url(begun.user),
          name: person.name,
          displayName: person.display_name || person.name,
        },
        challenge: fromBase64url(begun.challenge),
        pubKeyCredParams: begun.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: begun.exclude.map((id) => ({ type: 'public-key', id: fromBase64url(id) })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
        timeout: begun.expires_in * 1000,
      },
    }),
  )
  if (credential === null) return null
  const answer = credential.response as AuthenticatorAttestationResponse
  return {
    ceremony: begun.ceremony,
    client_data: base64url(new Uint8Array(answer.clientDataJSON)),
    attestation: base64url(new Uint8Array(answer.attestationObject)),
  }
}

/** Null where the person, or the page, ended it. */
async function orNull(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await ask()) as PublicKeyCredential | null
  } catch (error) {
    if (error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError'))
      return null
    if (error instanceof DOMException && error.name === 'TimeoutError') return null
    throw error
  }
}
