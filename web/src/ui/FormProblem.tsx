import type { ReadonlySignal } from '@preact/signals'
import './form.css'

/** Why a form was refused, where that is about none of its fields, or about which of several is not known. */
export function FormProblem({ problem }: { problem: ReadonlySignal<string | null> }) {
  if (problem.value === null) return null
  return (
    <p class="form-problem" role="alert">
      {problem.value}
    </p>
  )
}
