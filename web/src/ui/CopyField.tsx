import { Button } from './Button'
import { copy } from './copy'
import { t } from './words'
import './copy-field.css'

/** A text to take along, such as a link that is shown once. */
export function CopyField({ text, label }: { text: string; label: string }) {
  return (
    <div class="copy-field">
      <input readOnly value={text} aria-label={label} onFocus={(event) => event.currentTarget.select()} />
      <Button kind="primary" onClick={() => copy(text)}>
        {t('copy')}
      </Button>
    </div>
  )
}
