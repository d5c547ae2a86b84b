/** What the fields of a form say, and what of it was typed. */

import { type Signal, signal } from '@preact/signals'

export class FormValues<T extends Record<string, string>> {
  readonly values: { readonly [K in keyof T]: Signal<string> }

  /** `shown`: what is known of the thing that the form is about. */
  constructor(private shown: T) {
    const named = Object.entries(shown).map(([name, value]) => [name, signal(value)])
    this.values = Object.fromEntries(named)
  }

  /** Something else is known: it is shown where nobody has typed. */
  follow(now: T): void {
    for (const [name, value] of Object.entries<Signal<string>>(this.values))
      if (value.peek() === this.shown[name]) value.value = now[name] as string
    this.shown = now
  }

  /** The fields that say something else than what is known, without spaces around it. */
  changes(): Partial<T> {
    const said = Object.entries<Signal<string>>(this.values).map(([name, value]) => [
      name,
      value.peek().trim(),
    ])
    return Object.fromEntries(
      said.filter(([name, text]) => text !== this.shown[name as string]),
    ) as Partial<T>
  }
}
