import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { toast } from '../ui/toasts'
import { t as ui } from '../ui/words'
import { exported, save } from './export'
import { Select } from './Select'
import type { TabProps } from './SpaceScreen'
import { t } from './words'

export function ExportTab({ space }: TabProps) {
  const chat = useChat()
  const what = useSignal('')
  const seen = useSignal<number | null>(null)
  const stop = useSignal<AbortController | null>(null)
  useEffect(() => () => stop.peek()?.abort(), [])
  const rooms = chat.store.rooms.all().filter((room) => room.space === space.id)
  const run = async () => {
    const room = rooms.find(({ id }) => id === what.value)
    stop.value = new AbortController()
    seen.value = 0
    try {
      const place = room === undefined ? { space: space.id } : { room: room.id }
      const { blob, items } = await exported(
        chat,
        place,
        (count) => {
          seen.value = count
        },
        stop.value.signal,
      )
      save(blob, `${room?.name ?? space.name}-${new Date().toISOString().slice(0, 10)}.jsonl`)
      toast(t('exported', { count: items }))
    } catch (error) {
      if (!stop.value?.signal.aborted) toast(said(error as Error), 'error')
    } finally {
      seen.value = null
      stop.value = null
    }
  }
  return (
    <>
      <p>{t('export_text')}</p>
      <Select
        label={t('what_to_export')}
        value={what.value}
        options={[['', t('whole_space')], ...rooms.map(({ id, name }): [string, string] => [id, name])]}
        onPick={(value) => {
          what.value = value
        }}
      />
      {seen.value === null ? (
        <div>
          <Button kind="primary" onClick={run}>
            {t('export')}
          </Button>
        </div>
      ) : (
        <p role="status">
          {t('exporting', { count: seen.value })}{' '}
          <Button onClick={() => stop.value?.abort()}>{ui('cancel')}</Button>
        </p>
      )}
    </>
  )
}
