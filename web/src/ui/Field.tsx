import { h, type LooseInputHTMLAttributes } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import './field.css'
import './form.css'

interface FieldProps extends LooseInputHTMLAttributes<HTMLInputElement> {
  label: string
  hint?: string | undefined
  /** What is wrong with it, and what to do. */
  problem?: string | null | undefined
  /** So many lines are seen of a text that may have several: an input would run them together. */
  rows?: number
}

/** A labelled input with a hint and, if it is refused, the reason. */
export function Field({ label, hint, problem, ...input }: FieldProps) {
  const id = useId()
  const element = useRef<HTMLElement>(null)
  const { autofocus } = input
  useEffect(() => {
    // The attribute works only in a page that is loading.
    if (autofocus) element.current?.focus()
  }, [])
  const about = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {h(input.rows === undefined ? 'input' : 'textarea', {
        ref: element,
        id,
        'aria-describedby': about || undefined,
        'aria-invalid': problem ? true : undefined,
        ...(input as object),
      })}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
