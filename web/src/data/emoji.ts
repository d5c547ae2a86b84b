/** The custom emoji of spaces, asked for when one is first shown. */

import { type ReadonlySignal, signal } from '@preact/signals-core'
import type { CustomEmoji } from '../wire/contract'
import type { EventFrame } from './connection'
import { splitStream } from './store'
import { Table } from './table'

type EmojiOfSpace = ReadonlyMap<string, CustomEmoji>
const NONE = signal<EmojiOfSpace | undefined>(undefined)

export class SpaceEmoji {
  private readonly spaces = new Table<EmojiOfSpace>()
  private readonly asked = new Set<string>()
  /** Spaces whose emoji are shown and could not be had. */
  private readonly missing = new Set<string>()

  constructor(private readonly ask: (space: string) => Promise<readonly CustomEmoji[]>) {}

  /** By name, to be watched; undefined until they are known. Direct rooms have no space and no emoji of their own. */
  of(space: string | null): ReadonlySignal<EmojiOfSpace | undefined> {
    if (space === null) return NONE
    if (!this.asked.has(space)) {
      this.asked.add(space)
      void this.load(space)
    }
    return this.spaces.row(space)
  }

  apply(event: EventFrame): void {
    const [kind, space] = splitStream(event.stream)
    const known = this.spaces.get(space)
    if (kind !== 'space' || known === undefined) return
    const { name, image } = event.data as { name: string; image: string }
    if (event.event === 'emoji.added')
      this.spaces.set(space, new Map(known).set(name, { name, image, by: event.by, at: event.at }))
    if (event.event === 'emoji.removed') {
      const left = new Map(known)
      left.delete(name)
      this.spaces.set(space, left)
    }
  }

  /** What is known may be old: it is asked for anew where it is shown. */
  outdate(): void {
    for (const space of this.asked) void this.load(space)
  }

  /** Asks for what could not be had before there was a connection: what is drawn by now does not ask again. */
  again(): void {
    for (const space of this.missing) this.of(space)
  }

  private async load(space: string): Promise<void> {
    this.missing.delete(space)
    try {
      this.spaces.set(space, new Map((await this.ask(space)).map((one) => [one.name, one])))
    } catch {
      this.asked.delete(space) // whoever shows one next asks again
      this.missing.add(space)
    }
  }
}
