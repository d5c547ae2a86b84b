/** Asks before something that cannot be taken back, and for a reason where one is kept. */

import { useSignal } from '@preact/signals'
import { closeDialog, dialog, openDialog } from '../shell/dialog'
import { Button } from './Button'
import { Dialog } from './Dialog'
import { Field } from './Field'
import { typedInto } from './input'
import { t } from './words'

interface Question {
  title: string
  /** What will happen, in a sentence or two. */
  text: string
  /** What the button says: the act, not "OK". */
  act: string
  danger?: boolean
  /** Whether a reason may be given; it is kept with the act. */
  reason?: boolean
  /** What must be typed before the act is offered: a name, for what is gone for good. */
  typed?: string
}

/** The reason that was given (perhaps none), or `false` when the person thought better of it. */
export function confirmed(question: Question): Promise<{ reason: string | null } | false> {
  return new Promise((resolve) => {
    const end = (answer: { reason: string | null } | false) => {
      resolve(answer)
      closeDialog()
    }
    const part = <Confirm question={question} onEnd={end} />
    openDialog(part)
    const stop = dialog.subscribe((shown) => {
      if (shown === part) return
      resolve(false) // it was left, unless an answer came before
      stop()
    })
  })
}

function Confirm({
  question,
  onEnd,
}: {
  question: Question
  onEnd(answer: { reason: string | null } | false): void
}) {
  const reason = useSignal('')
  const typed = useSignal('')
  const missing = question.typed !== undefined && typed.value !== question.typed
  return (
    <Dialog title={question.title} onClose={() => onEnd(false)}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!missing) onEnd({ reason: reason.value.trim() || null })
        }}
      >
        <p class="confirm-text">{question.text}</p>
        {question.reason && (
          <Field label={t('reason')} hint={t('reason_hint')} maxLength={500} {...typedInto(reason)} />
        )}
        {question.typed !== undefined && (
          <Field label={t('type_name', { name: question.typed })} autocomplete="off" {...typedInto(typed)} />
        )}
        <div class="form-acts">
          <Button kind="quiet" onClick={() => onEnd(false)}>
            {t('cancel')}
          </Button>
          <Button kind={question.danger ? 'danger' : 'primary'} type="submit" disabled={missing}>
            {question.act}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
