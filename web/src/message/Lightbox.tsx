/** Pictures over the whole window: arrows for the next, Escape ends it, a press shows the real size. */

import { useEffect, useRef, useState } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { size } from '../text/sizes'
import { IconButton } from '../ui/IconButton'
import { usePicture } from '../ui/picture'
import { t as ui } from '../ui/words'
import type { FileInfo } from '../wire/contract'
import { t } from './act_words'
import { useDownload } from './download'
import { t as shared } from './words'
import './lightbox.css'

export function Lightbox({ pictures, at: first }: { pictures: readonly FileInfo[]; at: number }) {
  const box = useRef<HTMLDialogElement>(null)
  const download = useDownload()
  const [at, setAt] = useState(first)
  const [large, setLarge] = useState(false)
  const file = pictures[at] as FileInfo
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    box.current?.showModal()
    return () => before?.focus()
  }, [])
  const step = (by: number) => {
    setLarge(false)
    setAt((now) => Math.min(pictures.length - 1, Math.max(0, now + by)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const forward = getComputedStyle(box.current as Element).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      if (large) return // the arrows scroll the large picture
      event.preventDefault()
      step(event.key === forward ? 1 : -1)
    }
  }
  return (
    <dialog
      ref={box}
      class="lightbox"
      aria-label={t('picture', { at: at + 1, count: pictures.length, name: file.name })}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault()
        closeDialog()
      }}
    >
      <header class="lightbox-head">
        <span class="lightbox-about">
          <bdi class="files-name">{file.name}</bdi>
          <span class="lightbox-size">
            {file.width} × {file.height}, {size(file.size)}
          </span>
        </span>
        <IconButton
          icon="zoom"
          label={large ? t('smaller') : t('larger')}
          aria-pressed={large}
          onClick={() => setLarge(!large)}
        />
        <IconButton icon="download" label={t('download')} onClick={() => download(file)} />
        <IconButton icon="close" label={ui('close')} onClick={closeDialog} />
      </header>
      <Picture key={file.id} file={file} large={large} onPress={() => setLarge(!large)} />
      {pictures.length > 1 && (
        <footer class="lightbox-foot">
          <IconButton icon="back" label={t('previous')} disabled={at === 0} onClick={() => step(-1)} />
          <span aria-live="polite">
            {at + 1} / {pictures.length}
          </span>
          <IconButton
            icon="forward"
            label={t('next')}
            disabled={at === pictures.length - 1}
            onClick={() => step(1)}
          />
        </footer>
      )}
    </dialog>
  )
}

/** The preview at once, and the whole picture as soon as it is there. */
function Picture({ file, large, onPress }: { file: FileInfo; large: boolean; onPress(): void }) {
  const chat = useChat()
  const preview = usePicture(file.preview)
  const [whole, setWhole] = useState<string | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    chat.files.link(file.id).then(setWhole, () => setFailed(true))
  }, [file.id])
  const shown = whole ?? (preview.state === 'there' ? preview.url : null)
  if (failed && shown === null) return <p class="lightbox-failed">{shared('picture_gone')}</p>
  return (
    <div class={large ? 'lightbox-stage lightbox-large' : 'lightbox-stage'} tabIndex={large ? 0 : -1}>
      {shown !== null && (
        <button
          type="button"
          class="lightbox-picture"
          aria-label={large ? t('smaller') : t('larger')}
          onClick={onPress}
        >
          <img
            src={shown}
            alt={file.name}
            width={file.width ?? undefined}
            height={file.height ?? undefined}
            onError={() => {
              setWhole(null)
              setFailed(true)
            }}
          />
        </button>
      )}
    </div>
  )
}
