/** What has no room any more where it could be shown: to be copied, or thrown away. */

import { useComputed } from '@preact/signals'
import { strings } from '../i18n/strings'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { copy } from '../ui/copy'
import { Dialog } from '../ui/Dialog'
import { t as shared } from '../ui/words'
import { stranded } from './stranded'
import './stranded.css'

const t = strings(
  {
    title: 'Not sent',
    text: 'You wrote this for rooms that are deleted, or that you are not in any more.',
    files: { one: '{count} file was with it.', other: '{count} files were with it.' },
    discard: 'Throw away',
  },
  {
    title: 'Nicht gesendet',
    text: 'Das hast du für Räume geschrieben, die gelöscht sind oder in denen du nicht mehr bist.',
    files: { one: '{count} Datei gehörte dazu.', other: '{count} Dateien gehörten dazu.' },
    discard: 'Verwerfen',
  },
)

export function Stranded() {
  const chat = useChat()
  const entries = useComputed(() => stranded(chat).value).value
  const discard = (nonce: string) => {
    if (entries.length === 1) closeDialog()
    chat.outbox.discard(nonce)
  }
  return (
    <Dialog title={t('title')} onClose={closeDialog}>
      <p>{t('text')}</p>
      <ul class="stranded">
        {entries.map(({ nonce, text, files = 0 }) => (
          <li key={nonce}>
            {text !== '' && <p dir="auto">{text}</p>}
            {files > 0 && <p>{t('files', { count: files })}</p>}
            <div class="form-acts">
              <Button kind="quiet" onClick={() => discard(nonce)}>
                {t('discard')}
              </Button>
              {text !== '' && <Button onClick={() => copy(text)}>{shared('copy')}</Button>}
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
