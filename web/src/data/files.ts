/**
 * The bytes of files. The server gives them to whoever sends a token, which an `<img>` cannot: small pictures
 * (previews, avatars, emoji) are fetched and kept as blobs; what is large or played gets a link that is signed.
 */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core'
import type { FileLink } from '../wire/contract'
import { serverNow } from './clock'

export type Picture =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly url: string }
  | { readonly state: 'failed' }

export interface FileAccess {
  /** The bytes at a path of the server. Rejects if they cannot be had. */
  read(path: string): Promise<Blob>
  /** A link that needs no token. */
  sign(file: string, expires_in: number): Promise<FileLink>
}

interface Kept {
  readonly picture: Signal<Picture>
  users: number
  bytes: number
}

/** Pictures that nobody shows are kept up to this much, so that a room seen before is there at once. */
const MOST_KEPT_BYTES = 32 * 1024 * 1024
const MOST_KEPT = 500
const LINK_SECONDS = 6 * 3600
/** A link is not given out when less is left of it. */
const LINK_LEFT_MS = 3600_000
const AT_ONCE = 6

export class Files {
  private readonly kept = new Map<string, Kept>()
  private readonly links = new Map<string, FileLink>()
  private readonly waiting: (() => void)[] = []
  private running = 0
  private bytes = 0

  constructor(private readonly access: FileAccess) {}

  /** The picture at a path of the server, to be watched. It is kept for sure only between `hold` and `release`. */
  picture(path: string): ReadonlySignal<Picture> {
    return this.at(path).picture
  }

  hold(path: string): void {
    const kept = this.at(path)
    kept.users += 1
    // The map keeps the order of use.
    this.kept.delete(path)
    this.kept.set(path, kept)
  }

  release(path: string): void {
    const kept = this.kept.get(path)
    if (kept === undefined) return
    kept.users -= 1
    this.tidy()
  }

  /** A link to a file that works for some hours, for players, full pictures and downloads. */
  async link(file: string): Promise<string> {
    const known = this.links.get(file)
    if (known !== undefined && known.expires_at - LINK_LEFT_MS > serverNow()) return known.url
    const link = await this.access.sign(file, LINK_SECONDS)
    this.links.set(file, link)
    return link.url
  }

  /** There is a connection again: what failed and is still shown is tried anew. */
  again(): void {
    for (const [path, kept] of this.kept)
      if (kept.users > 0 && kept.picture.peek().state === 'failed') {
        kept.picture.value = { state: 'loading' }
        void this.load(path, kept)
      }
  }

  /** The account is shown no more. */
  close(): void {
    for (const { picture } of this.kept.values()) {
      const shown = picture.peek()
      if (shown.state === 'there') URL.revokeObjectURL(shown.url)
    }
    this.kept.clear()
    this.links.clear()
  }

  private at(path: string): Kept {
    let kept = this.kept.get(path)
    // What failed is tried again when it is next shown.
    if (kept?.picture.peek().state === 'failed' && kept.users === 0) kept = undefined
    if (kept === undefined) {
      kept = { picture: signal<Picture>({ state: 'loading' }), users: 0, bytes: 0 }
      this.kept.set(path, kept)
      void this.load(path, kept)
    }
    return kept
  }

  private async load(path: string, kept: Kept): Promise<void> {
    await this.turn()
    try {
      const blob = await this.access.read(path)
      if (!blob.type.startsWith('image/')) throw new Error(`${path} is no picture`)
      kept.bytes = blob.size
      this.bytes += blob.size
      kept.picture.value = { state: 'there', url: URL.createObjectURL(blob) }
    } catch (error) {
      kept.picture.value = await this.withoutReading(path, error)
    } finally {
      this.running -= 1
      this.waiting.shift()?.()
      this.tidy()
    }
  }

  /** Files in a bucket that pages may show and not read (no CORS) fail with a TypeError: their links work. */
  private async withoutReading(path: string, error: unknown): Promise<Picture> {
    const [, file, preview = ''] = /^\/files\/([^/]+)(\/preview)?$/.exec(path) ?? []
    if (!(error instanceof TypeError) || file === undefined) return { state: 'failed' }
    try {
      const link = await this.link(decodeURIComponent(file))
      return { state: 'there', url: link.replace('?', `${preview}?`) }
    } catch {
      return { state: 'failed' }
    }
  }

  /** Waits until fewer than `AT_ONCE` are on their way. */
  private async turn(): Promise<void> {
    if (this.running >= AT_ONCE) await new Promise<void>((resume) => this.waiting.push(resume))
    this.running += 1
  }

  private tidy(): void {
    if (this.bytes <= MOST_KEPT_BYTES && this.kept.size <= MOST_KEPT) return
    for (const [path, { picture, users, bytes }] of this.kept) {
      const shown = picture.peek()
      if (users > 0 || shown.state === 'loading') continue
      this.kept.delete(path)
      this.bytes -= bytes
      if (shown.state === 'there') URL.revokeObjectURL(shown.url)
      if (this.bytes <= MOST_KEPT_BYTES && this.kept.size <= MOST_KEPT) return
    }
  }
}

/**
 * Where the picture of an account, a space or an emoji is: null for addresses of other hosts, which are not asked.
 * `preview`: at most 512 pixels wide and high, and without motion.
 */
export function picturePath(picture: string | null | undefined, size: 'preview' | 'whole'): string | null {
  if (!picture || /^https?:/i.test(picture)) return null
  return `/files/${encodeURIComponent(picture)}${size === 'preview' ? '/preview' : ''}`
}

/** Reads files over HTTP with the account's access token. A token that was refused is exchanged once; who asks too
 * much waits as long as the server says. */
export function httpFiles(
  origin: string,
  token: (fresh: boolean) => Promise<string>,
): (path: string) => Promise<Blob> {
  return async (path) => {
    let fresh = false
    for (let waits = 0; ; ) {
      const answer = await fetch(origin + path, {
        headers: { authorization: `Bearer ${await token(fresh)}` },
      })
      if (answer.ok) return answer.blob()
      if (answer.status === 401 && !fresh) fresh = true
      else if ((answer.status === 429 || answer.status === 503) && waits < MOST_WAITS) {
        waits += 1
        await pause(1000 * waits * Math.min(LONGEST_WAIT_S, Number(answer.headers.get('retry-after')) || 1))
      } else throw new Error(`the file could not be read (${answer.status})`)
    }
  }
}

/** So often is a file asked for again that the server had no time for. */
const MOST_WAITS = 4
const LONGEST_WAIT_S = 30

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds))
}
