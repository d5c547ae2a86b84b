import type { Signal } from '@preact/signals'
import { Field } from './Field'

/** What is typed into it stands in `typed`: a list beside it shows what fits. */
export function FilterField({ label, typed }: { label: string; typed: Signal<string> }) {
  return (
    <Field
      label={label}
      type="search"
      value={typed.value}
      onInput={(event) => {
        typed.value = event.currentTarget.value
      }}
    />
  )
}
