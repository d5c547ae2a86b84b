/** Keeps what a chat knows in its cache: a while after something changed, and when the page goes. */

import type { Cache } from './cache'
import type { Chat } from './chat'

const AFTER_MS = 5_000

export class Keeping {
  private timer: ReturnType<typeof setTimeout> | undefined
  private saving = false
  private readonly stop: () => void

  constructor(
    private readonly chat: Chat,
    private readonly cache: Cache,
  ) {
    const stopListening = chat.listen(() => this.soon())
    const stopWatching = chat.live.subscribe(() => this.soon())
    this.stop = () => {
      stopListening()
      stopWatching()
    }
  }

  soon(): void {
    this.timer ??= setTimeout(() => void this.now(), AFTER_MS)
  }

  /** Of several tabs only the one with the connection keeps the state; each keeps the rooms that it has loaded. */
  private async now(): Promise<void> {
    this.timer = undefined
    if (this.saving) {
      this.soon()
      return
    }
    const kept = this.chat.kept()
    if (kept === null || !this.chat.live.peek()) return
    this.saving = true
    await this.cache.save(this.chat.leads ? kept : null, this.chat.keptTimelines())
    this.saving = false
  }

  /** The page may be going. */
  last(): void {
    const kept = this.chat.kept()
    if (kept !== null && this.chat.live.peek()) this.cache.saveLast(kept, this.chat.keptTimelines())
  }

  close(): void {
    clearTimeout(this.timer)
    this.stop()
    this.cache.close()
  }
}
