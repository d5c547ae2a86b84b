import { Button } from './Button'
import { toast } from './toasts'
import { t } from './words'
import './copy-field.css'

/** A text to take along, such as a link that is shown once. */
export function CopyField({ text, label }: { text: string; label: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      toast(t('copied'))
    } catch {
      toast(t('not_copied'), 'error')
    }
  }
  return (
    <div class="copy-field">
      <input readOnly value={text} aria-label={label} onFocus={(event) => event.currentTarget.select()} />
      <Button kind="primary" onClick={copy}>
        {t('copy')}
      </Button>
    </div>
  )
}
