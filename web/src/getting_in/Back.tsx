import { Button } from '../ui/Button'
import { t } from './words'

/** The way back to the chat, where there is one. */
export function Back({ onBack }: { onBack: (() => void) | undefined }) {
  if (onBack === undefined) return null
  return (
    <Button kind="quiet" onClick={onBack}>
      {t('back')}
    </Button>
  )
}
