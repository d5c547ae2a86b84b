/** How a message read before it was edited, with what changed from one version to the next. */

import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { dateAndClock } from '../text/dates'
import { Dialog } from '../ui/Dialog'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { t } from './act_words'
import { differences } from './differences'
import './dialogs.css'

export function Versions({ room, seq }: { room: string; seq: number }) {
  const chat = useChat()
  const pages = usePages(
    async (after) => {
      const { versions, next } = await chat.ask('message.edits', { room, seq, after })
      return { items: versions, next }
    },
    [room, seq],
  )
  const versions = pages.items.value
  return (
    <Dialog title={t('versions')} onClose={closeDialog} size="wide">
      <ol class="versions">
        {versions.map((version, index) => (
          <li key={version.at}>
            <time dateTime={new Date(version.at).toISOString()}>{dateAndClock(version.at)}</time>
            <p class="version" dir="auto">
              {differences(versions[index - 1]?.text ?? version.text ?? '', version.text ?? '').map(
                ({ kind, text }, at) =>
                  kind === 'same' ? (
                    text
                  ) : kind === 'added' ? (
                    <ins key={at}>{text}</ins>
                  ) : (
                    <del key={at}>{text}</del>
                  ),
              )}
            </p>
          </li>
        ))}
      </ol>
      <PageEnd pages={pages} empty={t('no_versions')} />
    </Dialog>
  )
}
