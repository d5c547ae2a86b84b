/** Goes to the first message of a day. */

import { useSignal } from '@preact/signals'
import type { Chat } from '../data/chat'
import { serverNow } from '../data/clock'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { tried } from '../ui/toasts'
import type { OwnRoom } from '../wire/contract'
import { t } from './dialog_words'
import { jumpTo } from './jump'
import { t as shared } from './words'

export function JumpToDate({ room }: { room: OwnRoom }) {
  const chat = useChat()
  const picked = useSignal(isoDay(serverNow()))
  const problem = useSignal<string | null>(null)
  const jump = async () => {
    const [year, month, date] = picked.value.split('-').map(Number) as [number, number, number]
    await tried(async () => {
      const seq = await firstSince(chat, room.id, new Date(year, month - 1, date).getTime())
      if (seq === null) {
        problem.value = t('no_such_day')
        return
      }
      closeDialog()
      jumpTo(room.id, seq)
    })
  }
  return (
    <Dialog title={shared('jump_date')} onClose={closeDialog}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void jump()
        }}
      >
        <Field
          label={t('date')}
          type="date"
          required
          value={picked.value}
          max={isoDay(serverNow())}
          problem={problem.value}
          onInput={(event) => {
            picked.value = event.currentTarget.value
            problem.value = null
          }}
        />
        <Button kind="primary" type="submit">
          {t('go')}
        </Button>
      </form>
    </Dialog>
  )
}

/** The seq of the first message at or after a time: the one that follows the newest before it. */
async function firstSince(chat: Chat, room: string, at: number): Promise<number | null> {
  const { hits } = await chat.ask('message.search', { room, before: at, limit: 1 })
  const { messages } = await chat.ask('room.history', { room, after: hits[0]?.seq ?? 0, limit: 10 })
  // A deleted message is in the history and in no search.
  return messages.find((message) => message.at >= at)?.seq ?? messages.at(-1)?.seq ?? null
}

/** The reader's day, as a field for dates has it. */
function isoDay(at: number): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
