import { toast } from './toasts'
import { t } from './words'

/** To the clipboard. A page that did not come over HTTPS has none, and a browser may refuse it. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(t('copied'))
  } catch {
    toast(t('not_copied'), 'error')
  }
}
