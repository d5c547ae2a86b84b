/** Things by id, each of which can be watched by itself, so that one change draws one row anew. */

import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core'

export class Table<T> {
  private readonly rows = new Map<string, Signal<T | undefined>>()
  private readonly changes = signal(0)
  private readonly listed = signal<readonly string[]>([])

  /** The ids that are there, in the order in which they came. */
  get ids(): ReadonlySignal<readonly string[]> {
    return this.listed
  }

  /** Grows with each change of any row: for what is computed over all. */
  get version(): ReadonlySignal<number> {
    return this.changes
  }

  /** The row, to be watched; undefined while there is none. */
  row(id: string): ReadonlySignal<T | undefined> {
    return this.signal(id)
  }

  get(id: string): T | undefined {
    return this.rows.get(id)?.peek()
  }

  /** All rows; whoever reads this in a computation hears of every change. */
  all(): T[] {
    void this.changes.value
    return this.listed.peek().map((id) => this.get(id) as T)
  }

  /** The same, of this moment only. */
  list(): T[] {
    return this.listed.peek().map((id) => this.get(id) as T)
  }

  set(id: string, value: T): void {
    const row = this.signal(id)
    const fresh = row.peek() === undefined
    row.value = value
    if (fresh) this.listed.value = [...this.listed.peek(), id]
    this.changes.value = this.changes.peek() + 1
  }

  /** Changes the fields that are given, of a row that is there. */
  patch(id: string, fields: Partial<T>): void {
    const before = this.get(id)
    if (before === undefined) return
    const next = { ...before, ...fields }
    if (Object.keys(fields).some((name) => next[name as keyof T] !== before?.[name as keyof T]))
      this.set(id, next)
  }

  delete(id: string): void {
    const row = this.rows.get(id)
    if (row === undefined || row.peek() === undefined) return
    row.value = undefined
    this.listed.value = this.listed.peek().filter((other) => other !== id)
    this.changes.value = this.changes.peek() + 1
  }

  /** Takes these rows and no others. */
  replace(rows: Iterable<readonly [string, T]>): void {
    const fresh = new Map(rows)
    for (const id of this.listed.peek()) if (!fresh.has(id)) this.signal(id).value = undefined
    for (const [id, value] of fresh) this.signal(id).value = value
    this.listed.value = [...fresh.keys()]
    this.changes.value = this.changes.peek() + 1
  }

  private signal(id: string): Signal<T | undefined> {
    let row = this.rows.get(id)
    if (row === undefined) {
      row = signal<T | undefined>(undefined)
      this.rows.set(id, row)
    }
    return row
  }
}
