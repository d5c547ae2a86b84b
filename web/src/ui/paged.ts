/** A list that comes in pages, as far as it is loaded. */

import { batch, signal } from '@preact/signals'

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

export type AskPage<T> = (after: string | null) => Promise<Page<T>>

export class Paged<T> {
  readonly items = signal<readonly T[]>([])
  /** Where the page after the last one begins; null at the end. */
  readonly next = signal<string | null>(null)
  readonly error = signal<Error | null>(null)
  readonly loading = signal(true)
  /** Which loading is the newest; what older ones bring is thrown away. */
  private turn = 0
  private failed: () => Promise<void> = () => this.begin()

  constructor(public ask: AskPage<T>) {}

  /** Another list: its first page. */
  begin(): Promise<void> {
    return this.load(null, 0)
  }

  /** The same list, after something was changed: as much as is loaded, which stays until the rest is there. */
  reload(): Promise<void> {
    return this.load(null, this.items.peek().length)
  }

  more(): Promise<void> {
    return this.load(this.next.peek(), 0)
  }

  /** What could not be loaded. */
  again(): Promise<void> {
    return this.failed()
  }

  private async load(after: string | null, atLeast: number): Promise<void> {
    this.turn += 1
    const { turn } = this
    const before = after === null ? [] : this.items.peek()
    this.failed = () => this.load(after, atLeast)
    this.loading.value = true
    this.error.value = null
    try {
      let page = await pageWithItems(this.ask, after)
      const items = [...before, ...page.items]
      while (items.length < atLeast && page.next !== null && turn === this.turn) {
        page = await pageWithItems(this.ask, page.next)
        items.push(...page.items)
      }
      if (turn !== this.turn) return
      batch(() => {
        this.items.value = items
        this.next.value = page.next
      })
    } catch (error) {
      if (turn === this.turn) this.error.value = error as Error
    } finally {
      if (turn === this.turn) this.loading.value = false
    }
  }
}

/** The first page from `after` on that shows anything, or the last one: a server looks through so much for each. */
async function pageWithItems<T>(ask: AskPage<T>, after: string | null): Promise<Page<T>> {
  let page = await ask(after)
  while (page.items.length === 0 && page.next !== null) page = await ask(page.next)
  return page
}
