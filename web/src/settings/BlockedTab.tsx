import { Person } from '../manage/Person'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { tried } from '../ui/toasts'
import { t } from './words'

export function BlockedTab() {
  const chat = useChat()
  const blocked = [...chat.store.blocked.value]
  return (
    <section class="form">
      <h2>{t('tab_blocked')}</h2>
      <p>{t('blocked_text')}</p>
      <ul class="rows">
        {blocked.map((account) => (
          <li key={account} class="row">
            <div class="row-about">
              <Person account={account} />
            </div>
            <Button onClick={() => tried(() => chat.ask('block.remove', { account }))}>{t('unblock')}</Button>
          </li>
        ))}
      </ul>
      {blocked.length === 0 && <p>{t('nobody_blocked')}</p>}
    </section>
  )
}
