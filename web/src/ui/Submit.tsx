import type { ReadonlySignal } from '@preact/signals'
import { Button } from './Button'

export interface SubmitProps {
  form: { readonly busy: ReadonlySignal<boolean> }
  /** What the button says: the act, not "OK". */
  act: string
  kind?: 'primary' | 'plain' | 'danger'
  /** Whether something is missing that the form cannot do without. */
  disabled?: boolean
}

/** Sends the form that it stands in, and waits while that is on its way. */
export function Submit({ form, act, kind = 'plain', disabled = false }: SubmitProps) {
  return (
    <Button kind={kind} type="submit" disabled={form.busy.value || disabled}>
      {act}
    </Button>
  )
}
