/**
 * Says no more than somebody can listen to: screen readers read every line to its end, so in a busy room they would be
 * minutes behind and say nothing else.
 */

import { strings } from '../i18n/strings'

const t = strings(
  { many: { one: '{count} new message', other: '{count} new messages' } },
  { many: { one: '{count} neue Nachricht', other: '{count} neue Nachrichten' } },
)

const PAUSE_MS = 2_000
/** Of more than these only the number is said. */
const FEW = 3

export class Paced {
  private waiting: string[] = []
  private stopped = false
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly line: (text: string) => void) {}

  /** At once, unless something was said just now. */
  say(text: string): void {
    if (this.stopped) return
    if (this.timer !== undefined) {
      this.waiting.push(text)
      return
    }
    this.line(text)
    this.pause()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.stopped = true
  }

  private pause(): void {
    this.timer = setTimeout(() => {
      this.timer = undefined
      const lines = this.waiting
      this.waiting = []
      if (lines.length === 0) return
      if (lines.length > FEW) this.line(t('many', { count: lines.length }))
      else lines.forEach(this.line)
      this.pause()
    }, PAUSE_MS)
  }
}
