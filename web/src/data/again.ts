/**
 * Work that asks the server how things stand. It runs once at a time, a short while after it was wanted; wanted
 * again meanwhile, it runs again, since what it asked may be of before.
 */
export class Again {
  private timer: ReturnType<typeof setTimeout> | undefined
  private running = false
  private wanted = false

  constructor(
    private readonly work: () => Promise<void>,
    private readonly gatherMs = 50,
  ) {}

  want(): void {
    this.wanted = true
    if (!this.running) this.timer ??= setTimeout(() => void this.run(), this.gatherMs)
  }

  /** Something came that the answer which is on its way may not know of. */
  wantIfRunning(): void {
    if (this.running) this.wanted = true
  }

  private async run(): Promise<void> {
    this.timer = undefined
    this.running = true
    this.wanted = false
    try {
      await this.work()
    } catch {
      // Refused or without a connection: the next session says how things stand.
    } finally {
      this.running = false
      if (this.wanted) this.want()
    }
  }
}
