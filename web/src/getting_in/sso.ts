/**
 * Single sign-on: the browser goes to the provider and comes back to `/#sso=CODE`. The verifier stays here, so that
 * nobody can slip their own code to this browser.
 */

import { screenLink } from '../shell/route'
import type { IdentityProvider } from '../wire/contract'
import { base64url } from './base64url'

const PENDING = 'chatd.sso'

interface Pending {
  readonly verifier: string | null
  readonly invite: string
}

export async function beginSso(provider: IdentityProvider, invite: string): Promise<void> {
  const url = new URL(provider.url, location.href)
  if (url.origin !== location.origin) {
    // The browser will come back under the server's other name, where nothing is known of what begins here.
    location.assign(new URL(`/${invite === '' ? screenLink('sign-in') : screenLink('sign-in', invite)}`, url))
    return
  }
  // Without HTTPS a browser makes no hashes; then it is only remembered that something began here.
  const verifier = isSecureContext ? base64url(crypto.getRandomValues(new Uint8Array(48))) : null
  if (verifier !== null) url.searchParams.set('challenge', await challengeOf(verifier))
  sessionStorage.setItem(PENDING, JSON.stringify({ verifier, invite } satisfies Pending))
  location.assign(url)
}

/** What was begun in this tab, once. */
export function takePending(): Pending | null {
  const pending = sessionStorage.getItem(PENDING)
  sessionStorage.removeItem(PENDING)
  return pending === null ? null : (JSON.parse(pending) as Pending)
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64url(new Uint8Array(digest))
}
