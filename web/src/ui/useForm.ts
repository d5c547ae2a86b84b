import { type Signal, useSignal } from '@preact/signals'
import { said } from '../i18n/said'

interface Form<T extends Record<string, string>> {
  readonly values: { readonly [K in keyof T]: Signal<string> }
  readonly problem: Signal<string | null>
  readonly busy: Signal<boolean>
  /** Runs `work` unless something runs, and keeps what went wrong. */
  run(work: () => Promise<unknown>): Promise<void>
  /** The same for `onSubmit`. */
  submit(work: () => Promise<unknown>): (event: Event) => void
  /** What an input of this value needs. */
  input(name: keyof T): { value: string; onInput(event: { currentTarget: { value: string } }): void }
}

/** The fields of a form, whether it is on its way, and why it was refused. */
export function useForm<T extends Record<string, string>>(initial: T): Form<T> {
  const values = Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [name, useSignal(value)]),
  ) as unknown as Form<T>['values']
  const problem = useSignal<string | null>(null)
  const busy = useSignal(false)
  const run = async (work: () => Promise<unknown>) => {
    if (busy.peek()) return
    busy.value = true
    problem.value = null
    try {
      await work()
    } catch (error) {
      problem.value = said(error as Error)
    } finally {
      busy.value = false
    }
  }
  return {
    values,
    problem,
    busy,
    run,
    submit: (work) => (event) => {
      event.preventDefault()
      void run(work)
    },
    input: (name) => ({
      value: values[name].value,
      onInput: (event) => {
        values[name].value = event.currentTarget.value
      },
    }),
  }
}
