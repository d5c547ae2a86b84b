import type { Signal } from '@preact/signals'
import { Field } from './Field'
import { typedInto } from './input'

interface FilterFieldProps {
  label: string
  typed: Signal<string>
  autofocus?: boolean
}

/** What is typed into it stands in `typed`: a list beside it shows what fits. */
export function FilterField({ label, typed, autofocus = false }: FilterFieldProps) {
  return <Field label={label} type="search" autofocus={autofocus} {...typedInto(typed)} />
}
