/** What an input needs to show a signal, and to say into it what is typed or ticked. */

import type { Signal } from '@preact/signals'

export interface Typed {
  value: string
  onInput(event: { currentTarget: { value: string } }): void
}

export interface Ticked {
  checked: boolean
  onChange(event: { currentTarget: { checked: boolean } }): unknown
}

export function typedInto(signal: Signal<string>): Typed {
  return {
    value: signal.value,
    onInput: (event) => {
      signal.value = event.currentTarget.value
    },
  }
}

export function tickedInto(signal: Signal<boolean>): Ticked {
  return {
    checked: signal.value,
    onChange: (event) => {
      signal.value = event.currentTarget.checked
    },
  }
}
