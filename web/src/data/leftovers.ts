/**
 * What an earlier run of the client left on a shelf, or a tab that is gone. One reading at a time; a tab may go just
 * after a reading began, so who asks meanwhile is answered by another one.
 */

import { batch, type ReadonlySignal, signal } from '@preact/signals-core'

interface Shelf<T> {
  all(): Promise<readonly T[]>
}

export class Leftovers<T> {
  private readonly read = signal(false)
  private reading: Promise<void> | null = null
  private again = false
  /** What went while the shelf is read, which may name it still. */
  private readonly gone = new Set<string>()

  /** `take` is given what is left, the keys of what went meanwhile, and whether it is the first reading. */
  constructor(
    private readonly shelf: Shelf<T>,
    private readonly take: (left: readonly T[], gone: ReadonlySet<string>, first: boolean) => void,
  ) {}

  /** Whether the shelf was read, at least once. */
  get known(): ReadonlySignal<boolean> {
    return this.read
  }

  /** Whether the first reading is under way. */
  get awaited(): boolean {
    return this.reading !== null && !this.read.peek()
  }

  restore(): Promise<void> {
    this.again = this.reading !== null
    this.reading ??= this.takeUp()
    return this.reading
  }

  /** What has this key is not wanted any more. */
  forget(key: string): void {
    if (this.reading !== null || !this.read.peek()) this.gone.add(key)
  }

  private async takeUp(): Promise<void> {
    const left = await this.shelf.all().catch(() => [])
    this.reading = null
    batch(() => {
      const first = !this.read.peek()
      this.read.value = true
      this.take(left, this.gone, first)
    })
    this.gone.clear()
    if (this.again) await this.restore()
  }
}
