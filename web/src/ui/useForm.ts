import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { failure } from '../data/refusal'
import { said } from '../i18n/said'
import { blamed } from './blamed'
import { FormValues } from './form_values'
import { type Typed, typedInto } from './input'

interface Form<T extends Record<string, string>> {
  readonly values: { readonly [K in keyof T]: Signal<string> }
  /** What went wrong, unless one of the inputs says so itself. */
  readonly problem: Signal<string | null>
  readonly busy: Signal<boolean>
  /** What differs from what was shown at first, or was shown later since it is known. */
  changes(): Partial<T>
  /** Runs `work` unless something runs, and keeps what went wrong. */
  run(work: () => Promise<unknown>): Promise<void>
  /** The same for `onSubmit`. */
  submit(work: () => Promise<unknown>): (event: Event) => void
  /** What an input of this value needs; `problem` where the refusal is about it. */
  input(name: keyof T): Typed & { problem?: string }
}

/** The fields of a form, whether it is on its way, and why it was refused. It follows `initial` where nobody typed. */
export function useForm<T extends Record<string, string>>(initial: T): Form<T> {
  const form = useMemo(() => new FormValues(initial), [])
  const { values } = form
  useEffect(() => form.follow(initial), Object.values(initial))
  const problem = useSignal<string | null>(null)
  const busy = useSignal(false)
  const blame = useSignal<{ readonly field: keyof T; readonly problem: string } | null>(null)
  const inputs = useRef(new Set<keyof T>()).current
  const run = async (work: () => Promise<unknown>) => {
    if (busy.peek()) return
    busy.value = true
    problem.value = null
    blame.value = null
    try {
      await work()
    } catch (error) {
      const why = failure(error)
      const found = blamed(why.message, inputs as Set<string>)
      if (found === null) problem.value = said(why)
      else blame.value = { field: found.field, problem: said({ ...why, message: found.message }) }
    } finally {
      busy.value = false
    }
  }
  return {
    values,
    problem,
    busy,
    changes: () => form.changes(),
    run,
    submit: (work) => (event) => {
      event.preventDefault()
      void run(work)
    },
    input: (name) => {
      inputs.add(name)
      const at = blame.value
      return {
        ...typedInto(values[name]),
        ...(at?.field === name ? { problem: at.problem } : {}),
      }
    },
  }
}
