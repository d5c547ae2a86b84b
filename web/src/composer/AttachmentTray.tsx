/** The files of one place: what they are, how far they have come, and what went wrong with them. */

import { useEffect, useState } from 'preact/hooks'
import type { Problem, Upload } from '../data/uploads'
import { useChat } from '../shell/chat_context'
import { size } from '../text/sizes'
import { Button } from '../ui/Button'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import { t } from './tray_words'
import { problemWords } from './upload_words'
import './tray.css'

/** What another try does not change. */
const FINAL: ReadonlySet<Problem['why']> = new Set(['bytes_gone', 'too_large', 'unreadable'])

/** `fixed`: they went with a message, and none is taken out by itself. */
export function AttachmentTray({ place, fixed = false }: { place: string; fixed?: boolean }) {
  const chat = useChat()
  const list = chat.uploads.in(place).value
  if (list.length === 0) return null
  return (
    <ul class="tray" aria-label={t('files')}>
      {list.map((one) => (
        <li key={one.key} class="tray-file">
          <Thumbnail file={one.file} type={one.type} />
          <span class="tray-about">
            <bdi class="tray-name">{one.name}</bdi>
            <State one={one} />
            {one.problem !== null && !FINAL.has(one.problem.why) && (
              <span>
                <Button onClick={() => chat.uploads.retry(one.key)}>{t('retry_upload')}</Button>
              </span>
            )}
          </span>
          {!fixed && (
            <IconButton
              icon="close"
              label={t('remove_file', { name: one.name })}
              onClick={() => chat.uploads.remove(one.key)}
            />
          )}
        </li>
      ))}
    </ul>
  )
}

function State({ one }: { one: Upload }) {
  if (one.problem !== null)
    return (
      <span class="tray-problem" role="alert">
        {problemWords(one.problem)}
      </span>
    )
  if (one.id !== null)
    return (
      <span class="tray-note">
        <Icon name="check" size={14} /> {size(one.size)}
      </span>
    )
  const percent = one.size === 0 ? 0 : Math.floor((one.sent / one.size) * 100)
  return (
    <span class="tray-note">
      <progress max={100} value={percent} aria-label={t('uploading', { name: one.name })}>
        {percent}
      </progress>
      {t('sent_of', { sent: size(one.sent), all: size(one.size) })}
      {!one.kept && ` · ${t('not_over_reload')}`}
    </span>
  )
}

function Thumbnail({ file, type }: { file: Blob | null; type: string }) {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (file === null || !type.startsWith('image/')) return
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url === null ? (
    <span class="tray-picture">
      <Icon name="file" size={20} />
    </span>
  ) : (
    <img class="tray-picture" src={url} alt="" onError={() => setUrl(null)} />
  )
}
