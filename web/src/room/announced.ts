/** A new message as a screen reader says it: who, and what was written or sent. */

import { strings } from '../i18n/strings'
import { plainText } from '../text/plain'
import type { MessagePosted } from '../wire/contract'

const LONGEST = 300

const t = strings(
  {
    somebody: 'Somebody',
    said: '{name}: {text}',
    sent_one: '{name} sent {file}',
    sent: { one: '{name} sent a file', other: '{name} sent {count} files' },
    said_with: { one: '{said} (with a file)', other: '{said} (with {count} files)' },
  },
  {
    somebody: 'Jemand',
    said: '{name}: {text}',
    sent_one: '{name} hat {file} gesendet',
    sent: { one: '{name} hat eine Datei gesendet', other: '{name} hat {count} Dateien gesendet' },
    said_with: { one: '{said} (mit einer Datei)', other: '{said} (mit {count} Dateien)' },
  },
)

/** `by` is undefined where the author's name is not known yet. Empty for what an import brings: it is no news. */
export function announced(by: string | undefined, message: MessagePosted): string {
  if (message.imported !== undefined) return ''
  const name = by ?? t('somebody')
  const text = plainText(message.text ?? '', LONGEST)
  const files = message.files ?? []
  const count = message.attachments?.length ?? files.length
  if (text !== '') {
    const said = t('said', { name, text })
    return count === 0 ? said : t('said_with', { said, count })
  }
  const [file] = files
  return count === 1 && file !== undefined
    ? t('sent_one', { name, file: file.name })
    : t('sent', { name, count })
}
