/** A film or a sound. Nothing of it is loaded before somebody wants to play it. */

import { useState } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { size } from '../text/sizes'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import { tried } from '../ui/toasts'
import type { FileInfo } from '../wire/contract'
import { useDownload } from './download'
import { t } from './words'

export function Player({ file }: { file: FileInfo }) {
  const chat = useChat()
  const download = useDownload()
  const [link, setLink] = useState<string | null>(null)
  const play = () => void tried(async () => setLink(await chat.files.link(file.id)))
  const film = file.type.startsWith('video/')
  return (
    <figure class={film ? 'files-player files-film' : 'files-player'}>
      {link === null ? (
        <button type="button" class="files-play" aria-label={t('play', { name: file.name })} onClick={play}>
          <Icon name="play" size={24} />
        </button>
      ) : film ? (
        // biome-ignore lint/a11y/useMediaCaption: people's own films have none
        <video src={link} controls autoplay playsInline />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: people's own sounds have none
        <audio src={link} controls autoplay />
      )}
      <figcaption class="files-about">
        <bdi class="files-name">{file.name}</bdi>
        <span class="files-size">{size(file.size)}</span>
      </figcaption>
      <IconButton
        icon="download"
        label={t('download_file', { name: file.name, size: size(file.size) })}
        onClick={() => download(file)}
      />
    </figure>
  )
}
