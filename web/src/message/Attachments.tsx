/** The files of a message: pictures, players, and cards for the rest. */

import { openDialog } from '../shell/dialog'
import { lazy } from '../shell/Lazy'
import { size } from '../text/sizes'
import { Icon } from '../ui/Icon'
import { usePicture } from '../ui/picture'
import type { FileInfo } from '../wire/contract'
import { useDownload } from './download'
import { Player } from './Player'
import { previewSize } from './preview_size'
import { t } from './words'
import './attachments.css'

const Lightbox = lazy(() => import('./Lightbox'), 'Lightbox')

export function Attachments({ files }: { files: readonly FileInfo[] }) {
  const pictures = files.filter(isPicture)
  const others = files.filter((file) => !isPicture(file))
  return (
    <div class="files">
      {pictures.length > 0 && (
        <div class={pictures.length === 1 ? 'files-pictures files-single' : 'files-pictures'}>
          {pictures.map((file, at) => (
            <Preview
              key={file.id}
              file={file}
              alone={pictures.length === 1}
              onOpen={() => openDialog(<Lightbox pictures={pictures} at={at} />)}
            />
          ))}
        </div>
      )}
      {others.map((file) =>
        isPlayed(file) ? <Player key={file.id} file={file} /> : <FileCard key={file.id} file={file} />,
      )}
    </div>
  )
}

const TILE = 132

function Preview({ file, alone, onOpen }: { file: FileInfo; alone: boolean; onOpen(): void }) {
  const picture = usePicture(file.preview)
  // Its place is taken before the picture is there, so that nothing jumps.
  const { width, height } = previewSize(file.width, file.height)
  const style = alone
    ? { inlineSize: `${width}px`, aspectRatio: `${width} / ${height}` }
    : { inlineSize: `${TILE}px`, aspectRatio: '1' }
  return (
    <button
      type="button"
      class="files-picture"
      style={style}
      aria-label={t('open_picture', { name: file.name })}
      onClick={onOpen}
    >
      {picture.state === 'there' && <img src={picture.url} alt="" decoding="async" />}
      {file.type === 'image/gif' && picture.state === 'there' && <span class="files-moving">GIF</span>}
      {picture.state === 'failed' && <span class="files-failed">{t('picture_gone')}</span>}
    </button>
  )
}

function FileCard({ file }: { file: FileInfo }) {
  const download = useDownload()
  return (
    <button
      type="button"
      class="files-card"
      aria-label={t('download_file', { name: file.name, size: size(file.size) })}
      onClick={() => download(file)}
    >
      <Icon name="file" size={24} />
      <span class="files-about">
        <bdi class="files-name">{file.name}</bdi>
        <span class="files-size">{size(file.size)}</span>
      </span>
    </button>
  )
}

function isPicture(file: FileInfo): boolean {
  return file.preview !== null
}

function isPlayed({ type }: FileInfo): boolean {
  return /^(?:video\/(?:mp4|webm|ogg)|audio\/(?:mp4|mpeg|ogg|wav))$/.test(type)
}
