import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { dateTime } from '../text/dates'
import { Button } from '../ui/Button'
import { eventsOf } from '../ui/following'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import type { Restriction } from '../wire/contract'
import { Person } from './Person'
import type { TabProps } from './SpaceScreen'
import { until } from './when'
import { t } from './words'

type Kept = Restriction & { readonly kind: 'ban' | 'mute' }

export function ModerationTab({ space }: TabProps) {
  const chat = useChat()
  const stream = `space/${space.id}`
  const restrictions = usePages<Kept>(
    async (after) => {
      const { bans, mutes, next } = await chat.ask('ban.list', { space: space.id, after })
      const items = [
        ...bans.map((one): Kept => ({ ...one, kind: 'ban' })),
        ...mutes.map((one): Kept => ({ ...one, kind: 'mute' })),
      ]
      return { items, next }
    },
    [space.id],
    { concerns: eventsOf(stream, 'member.banned', 'member.unbanned', 'member.muted', 'member.unmuted') },
  )
  const erasures = usePages(
    async (after) => {
      if (!holds(space.role, 'member.erase_messages')) return { items: [], next: null }
      const { erasures: items, next } = await chat.ask('erasure.list', { space: space.id, after })
      return { items, next }
    },
    [space.id],
    { concerns: eventsOf(stream, 'member.erasure_', 'member.messages_erased') },
  )
  const lift = async ({ kind, account }: Kept) => {
    const name = kind === 'ban' ? 'member.unban' : 'member.unmute'
    if (await tried(() => chat.ask(name, { space: space.id, account }))) restrictions.reload()
  }
  const cancel = async (account: string) => {
    if (await tried(() => chat.ask('erasure.cancel', { space: space.id, account }))) erasures.reload()
  }
  return (
    <>
      <h2>{t('restrictions')}</h2>
      <ul class="rows">
        {restrictions.items.value.map((one) => (
          <li key={`${one.kind}${one.account}`} class="row">
            <div class="row-about">
              <Person account={one.account} />{' '}
              <strong>{one.kind === 'ban' ? t('banned') : t('muted')}</strong>
              <p class="row-note">
                {until(one.until)} · {t('by')} <Person account={one.by} />
                {one.reason && ` · ${one.reason}`}
              </p>
            </div>
            <Button onClick={() => lift(one)}>{one.kind === 'ban' ? t('unban') : t('unmute')}</Button>
          </li>
        ))}
      </ul>
      <PageEnd pages={restrictions} empty={t('no_restrictions')} />
      {holds(space.role, 'member.erase_messages') && (
        <>
          <h2>{t('erasures')}</h2>
          <ul class="rows">
            {erasures.items.value.map((one) => (
              <li key={one.account} class="row">
                <div class="row-about">
                  <Person account={one.account} />
                  <p class="row-note">
                    {t('due', { when: dateTime(one.due_at) })} · {t('by')} <Person account={one.by} />
                    {one.reason && ` · ${one.reason}`}
                  </p>
                </div>
                <Button onClick={() => cancel(one.account)}>{t('take_back')}</Button>
              </li>
            ))}
          </ul>
          <PageEnd pages={erasures} empty={t('no_erasures')} />
        </>
      )}
    </>
  )
}
