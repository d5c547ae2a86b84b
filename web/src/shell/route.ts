/** Where the person is, kept in the address's hash, so that links and the back button work. */

import { signal } from '@preact/signals'

export type Route =
  | { readonly at: 'home' }
  /** `seq`: a permalink, the room opens around that message. */
  | { readonly at: 'room'; readonly room: string; readonly seq: number | null }
  /** Everything else, as the parts of its path: `settings/devices`. The screen of that name reads them. */
  | { readonly at: 'screen'; readonly name: string; readonly rest: readonly string[] }

export const route = signal<Route>(read(globalThis.location?.hash ?? ''))

globalThis.addEventListener?.('hashchange', () => {
  route.value = read(location.hash)
})

/** A link of a notification: the account that was told, and what follows it. */
export function addressed(hash: string): [account: string, link: string] | null {
  const found = /^#\/as\/([^/]+)(\/.+)$/.exec(hash)
  return found === null ? null : [decoded(found[1] as string), `#${found[2]}`]
}

export function read(hash: string): Route {
  // So the server sends a browser back that has been at the provider of single sign-on.
  const returned = /^#(sso|identity)=(.+)$/.exec(hash)
  if (returned !== null)
    return { at: 'screen', name: returned[1] as string, rest: [decoded(returned[2] as string)] }
  const [name = '', ...rest] = hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decoded)
  if (name === '') return { at: 'home' }
  if (name === 'room' && rest[0] !== undefined) {
    const seq = Number(rest[1])
    return { at: 'room', room: rest[0], seq: Number.isSafeInteger(seq) && seq > 0 ? seq : null }
  }
  return { at: 'screen', name, rest }
}

/** The address of a room, or of one message in it. */
export function roomLink(room: string, seq: number | null = null): string {
  return `#/room/${encodeURIComponent(room)}${seq === null ? '' : `/${seq}`}`
}

export function screenLink(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

/** Goes there; `replace` leaves no step for the back button. */
export function go(link: string, replace = false): void {
  if (replace) {
    history.replaceState(null, '', link)
    route.value = read(link)
  } else location.hash = link
}

/** The way from where the person is now, for what takes a moment: it is not gone once they have left. */
export function fromHere(): typeof go {
  const here = location.hash
  return (link, replace) => {
    if (location.hash === here) go(link, replace)
  }
}

/** Out of a room that one is not in any more; whoever looks at something else stays there. */
export function leaveRoom(room: string): void {
  const here = route.peek()
  if (here.at === 'room' && here.room === room) go('#/', true)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
