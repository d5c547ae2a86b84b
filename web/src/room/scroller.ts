/**
 * Where the reader of a timeline is, kept through every change of it. Before a change one row's place in the window
 * is known, and after it the row is put there again: messages that come in or go out, above or below, pictures and
 * sizes that were only guessed move nothing that is being read. Browsers' own anchoring is switched off, since not
 * all have it. It knows rows by `data-seq`, and nothing of messages.
 */

/** Nearer to the end than this is at the end, in pixels. */
const AT_END = 30
/** So long after a wheel, a finger or a key a move is the reader's, milliseconds. */
const ACTED_MS = 500
/**
 * Rows so far out of sight, in heights of the box, are laid out already. Those farther off are not; their sizes are
 * guessed, and not every browser corrects a guess before the row is seen.
 */
const AHEAD = '200% 0px'
/** How high a row is thought to be that is not laid out, in pixels: as in timeline.css. */
const GUESSED = 54
const ACTS = ['wheel', 'touchmove', 'pointerdown', 'keydown', 'focusin'] as const

interface Anchor {
  readonly seq: number
  /** From the upper edge of the box to the row's, in pixels. */
  readonly offset: number
}

export class Scroller {
  /** Whether the end is in sight; then it stays in sight. */
  atEnd = true
  private anchor: Anchor | null = null
  private rows: HTMLElement[] = []
  private readonly observer: ResizeObserver
  private readonly near: IntersectionObserver
  /** Where the box was scrolled to when that was last looked at: from anywhere else the reader has moved it. */
  private known = 0
  /** How high the content and the box were then. */
  private knownHeights = ''
  private actedAt = Number.NEGATIVE_INFINITY
  /** Rows have come or gone since. */
  private fresh = false
  /** A move was seen before its event came. */
  private early = false

  /**
   * `moved` hears of the reader's moves and of changed sizes; `live` says whether the last row is the newest there
   * is: only then does the end stay in sight.
   */
  constructor(
    private readonly box: HTMLElement,
    private readonly list: HTMLElement,
    private readonly moved: () => void,
    private readonly live: () => boolean,
  ) {
    this.observer = new ResizeObserver(() => {
      this.keep()
      this.moved()
    })
    this.observer.observe(list)
    this.observer.observe(box)
    this.near = new IntersectionObserver(this.approached, { root: box, rootMargin: AHEAD })
    box.addEventListener('scroll', this.scrolled, { passive: true })
    for (const act of ACTS) box.addEventListener(act, this.acted, { passive: true })
  }

  close(): void {
    this.observer.disconnect()
    this.near.disconnect()
    this.box.removeEventListener('scroll', this.scrolled)
    for (const act of ACTS) this.box.removeEventListener(act, this.acted)
  }

  /** The rows have changed: puts the reader where it was. */
  changed(): void {
    this.fresh = true
    this.refresh()
    this.keep()
  }

  /** Looks which rows there are. */
  refresh(): void {
    for (const row of this.rows) if (!row.isConnected) this.near.unobserve(row)
    this.rows = [...this.list.querySelectorAll<HTMLElement>(':scope > [data-seq]')]
    for (const row of this.rows) this.near.observe(row)
  }

  keep(): void {
    this.heed()
    if (this.atEnd) {
      this.scrollTo(this.box.scrollHeight)
      return
    }
    if (this.anchor === null) return
    const row = this.rowFrom(this.anchor.seq)
    if (row === undefined) return
    const off = this.offsetOf(row) - this.anchor.offset
    if (Math.abs(off) >= 0.5) this.scrollTo(this.box.scrollTop + off)
  }

  toEnd(): void {
    this.atEnd = true
    this.scrollTo(this.box.scrollHeight)
  }

  /** Where the reader is, if not at the end. */
  get place(): Anchor | null {
    return this.atEnd ? null : this.anchor
  }

  /** Puts an element at a distance from the upper edge of the box. It, or `row`, is what stays in its place. */
  put(element: HTMLElement, offset: number, row = element): void {
    this.layOut(row)
    this.scrollTo(this.box.scrollTop + this.offsetOf(element) - offset)
    this.atEnd = this.endInSight()
    this.anchor = { seq: Number(row.dataset.seq), offset: this.offsetOf(row) }
  }

  /**
   * A box full of rows from this one on get their heights: by the guessed ones high rows would all be in sight, and the
   * end with them, where the reader would then stay.
   */
  private layOut(first: HTMLElement): void {
    let left = this.box.clientHeight
    let at = Math.max(0, this.rows.indexOf(first))
    while (left > 0 && at < this.rows.length) {
      const rows = this.rows.slice(at, at + Math.ceil(left / GUESSED))
      for (const row of rows) row.toggleAttribute('data-near', true)
      for (const row of rows) left -= row.offsetHeight
      at += rows.length
    }
  }

  /** Puts an element at a part of the box's height: 0 at its top. */
  to(element: HTMLElement, part: number, row = element): void {
    this.put(element, Math.max(0, this.box.clientHeight - element.offsetHeight) * part, row)
  }

  /** The row of this seq, or the next there is. */
  rowFrom(seq: number): HTMLElement | undefined {
    return this.rows[this.search((row) => Number(row.dataset.seq) >= seq)]
  }

  /** How far the reader is from both ends, in heights of the box. */
  distances(): { before: number; after: number } {
    const { scrollTop, scrollHeight, clientHeight } = this.box
    const height = Math.max(1, clientHeight)
    return { before: scrollTop / height, after: (scrollHeight - scrollTop - clientHeight) / height }
  }

  /** The last row whose end is in sight; null if none is. */
  lastInSight(): HTMLElement | null {
    const { bottom } = this.box.getBoundingClientRect()
    const at = this.search((row) => row.getBoundingClientRect().bottom > bottom + 1)
    return this.rows[at - 1] ?? null
  }

  /** Rows get their heights as they come near, perhaps before the event of the move that brought them. */
  private readonly approached = (rows: readonly IntersectionObserverEntry[]) => {
    this.heed()
    for (const { target, isIntersecting } of rows) target.toggleAttribute('data-near', isIntersecting)
    this.keep()
  }

  private readonly scrolled = () => {
    if (this.early || Math.abs(this.box.scrollTop - this.known) >= 1) {
      if (this.atEnd && !this.isReaders()) this.toEnd()
      else this.note()
    }
    this.moved()
  }

  private readonly acted = () => {
    this.actedAt = performance.now()
  }

  /**
   * Whether the reader has moved the box. While much comes in at once the browser moves it too: where rows that went
   * were higher than was guessed of those that came, it cuts the place off, and the next rows come before its event.
   * WebKit does so too when the box gets another height: rows are for a moment as high as was guessed.
   */
  private isReaders(): boolean {
    if (performance.now() - this.actedAt < ACTED_MS) return true
    return !this.fresh && this.heights === this.knownHeights
  }

  /** A move of which no event has told yet is not undone. What became shorter moves the box too: that is none. */
  private heed(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.box
    const by = scrollTop - this.known
    if (Math.abs(by) < 1 || (by < 0 && scrollTop >= scrollHeight - clientHeight - 1)) return
    if (this.atEnd && !this.isReaders()) return
    if (this.atEnd || this.anchor === null) this.note()
    else this.anchor = { seq: this.anchor.seq, offset: this.anchor.offset - by }
    this.known = scrollTop
    this.early = true
  }

  /** Remembers a row in the upper part of the box, not the first: its head comes and goes with what is before it. */
  private note(): void {
    this.known = this.box.scrollTop
    this.knownHeights = this.heights
    this.fresh = false
    this.early = false
    this.atEnd = this.endInSight()
    const { top } = this.box.getBoundingClientRect()
    const at = this.search((row) => row.getBoundingClientRect().top >= top)
    const row = this.rows[Math.max(1, at)] ?? this.rows.at(-1)
    this.anchor = row === undefined ? null : { seq: Number(row.dataset.seq), offset: this.offsetOf(row) }
  }

  private get heights(): string {
    return `${this.box.scrollHeight} ${this.box.clientHeight}`
  }

  private endInSight(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.box
    return this.live() && scrollHeight - scrollTop - clientHeight <= AT_END
  }

  /** The first row that passes; all behind it do too. */
  private search(passes: (row: HTMLElement) => boolean): number {
    let low = 0
    let high = this.rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (passes(this.rows[middle] as HTMLElement)) high = middle
      else low = middle + 1
    }
    return low
  }

  private offsetOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - this.box.getBoundingClientRect().top
  }

  private scrollTo(top: number): void {
    this.box.scrollTop = top
    this.known = this.box.scrollTop
    this.knownHeights = this.heights
    this.fresh = false
  }
}
