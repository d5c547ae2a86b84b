import { closeDialog } from '../shell/dialog'
import { Dialog } from './Dialog'
import { Field } from './Field'
import { Submit } from './Submit'
import { useForm } from './useForm'

interface AskDialogProps {
  title: string
  /** What the answer is for, where that is not plain. */
  text?: string
  label: string
  /** What a refusal of the server calls the answer. */
  name: string
  maxLength?: number
  /** What the button says. */
  act: string
  /** Gets the answer without spaces around it; what it throws is shown at the field. */
  onAnswer(answer: string): Promise<unknown>
}

/** A dialog that asks for one thing, which must not be empty. */
export function AskDialog({ title, text, label, name, maxLength, act, onAnswer }: AskDialogProps) {
  const form = useForm({ [name]: '' })
  const answer = form.values[name]?.value.trim() ?? ''
  return (
    <Dialog title={title} onClose={closeDialog}>
      <form class="form" onSubmit={form.submit(() => onAnswer(answer))}>
        {text !== undefined && <p>{text}</p>}
        <Field
          label={label}
          required
          autofocus
          maxLength={maxLength}
          problem={form.problem.value}
          {...form.input(name)}
        />
        <div class="form-acts">
          <Submit form={form} kind="primary" disabled={answer === ''} act={act} />
        </div>
      </form>
    </Dialog>
  )
}
