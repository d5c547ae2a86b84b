/** Whom a message has reached, and who has read it. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Avatar } from '../ui/Avatar'
import { Dialog } from '../ui/Dialog'
import { tried } from '../ui/toasts'
import type { Receipts } from '../wire/contract'
import { t } from './act_words'
import './dialogs.css'

export function ReceiptsDialog({ room, seq }: { room: string; seq: number }) {
  const chat = useChat()
  const receipts = useSignal<Receipts | null>(null)
  useEffect(() => {
    void tried(async () => {
      receipts.value = await chat.ask('receipt.list', { room, seq })
    })
  }, [room, seq])
  const known = receipts.value
  const read = new Set(known?.read)
  return (
    <Dialog title={t('receipts')} onClose={closeDialog}>
      {known !== null && (
        <>
          <People title={t('read_by', { count: known.read_count })} accounts={known.read} />
          <People
            title={t('delivered_to', { count: known.delivered_count })}
            accounts={known.delivered.filter((account) => !read.has(account))}
          />
          <p class="dialog-note">{t('receipts_note')}</p>
        </>
      )}
    </Dialog>
  )
}

function People({ title, accounts }: { title: string; accounts: readonly string[] }) {
  const chat = useChat()
  return (
    <section>
      <h3>{title}</h3>
      <ul class="dialog-people">
        {accounts.map((account) => {
          const profile = chat.people.profile(account).value
          return (
            <li key={account}>
              <Avatar profile={profile} id={account} size={24} />
              <bdi>{profile?.display_name ?? '…'}</bdi>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
