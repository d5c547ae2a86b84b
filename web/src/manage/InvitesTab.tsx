import { useSignal } from '@preact/signals'
import { givable } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { Field } from '../ui/Field'
import { eventsOf } from '../ui/following'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { Submit } from '../ui/Submit'
import { toast, tried } from '../ui/toasts'
import { useForm } from '../ui/useForm'
import type { GrantedRole, NewInvite } from '../wire/contract'
import { InviteLink } from './InviteLink'
import { Person } from './Person'
import { Select } from './Select'
import type { TabProps } from './SpaceScreen'
import { until } from './when'
import { t } from './words'

const DAY_S = 24 * 3600
const EXPIRIES = [DAY_S, 7 * DAY_S, 30 * DAY_S] as const

export function InvitesTab({ space }: TabProps) {
  const chat = useChat()
  const role = useSignal<GrantedRole>('member')
  const expiry = useSignal(String(7 * DAY_S))
  const made = useSignal<NewInvite | null>(null)
  const form = useForm({ max_uses: '' })
  const pages = usePages(
    async (after) => {
      const { invites, next } = await chat.ask('invite.list', { space: space.id, after, all: true })
      return { items: invites, next }
    },
    [space.id],
    { concerns: eventsOf(`space/${space.id}`, 'invite.', 'member.joined') },
  )
  const create = async () => {
    const { max_uses } = form.values
    const { invite } = await chat.ask('invite.create', {
      space: space.id,
      role: role.value,
      expires_in: expiry.value === '' ? null : Number(expiry.value),
      max_uses: max_uses.value === '' ? null : Number(max_uses.value),
    })
    made.value = invite
    pages.reload()
  }
  const revoke = async (id: string) => {
    const answer = await confirmed({
      title: t('revoke'),
      text: t('revoke_text'),
      act: t('revoke'),
      danger: true,
    })
    if (answer && (await tried(() => chat.ask('invite.revoke', { code: id })))) {
      toast(t('revoked'))
      pages.reload()
    }
  }
  return (
    <>
      <form class="form manage-inline" onSubmit={form.submit(create)}>
        <Select
          label={t('role')}
          value={role.value}
          options={givable(space.role).map((one) => [one, t(`role_${one}`)])}
          onPick={(value) => {
            role.value = value as GrantedRole
          }}
        />
        <Select
          label={t('expires')}
          value={expiry.value}
          options={[
            ...EXPIRIES.map((seconds): [string, string] => [
              String(seconds),
              t('days', { count: seconds / DAY_S }),
            ]),
            ['', t('never')],
          ]}
          onPick={(value) => {
            expiry.value = value
          }}
        />
        <Field
          label={t('max_uses')}
          hint={t('max_uses_hint')}
          type="number"
          min={1}
          max={100_000}
          problem={form.problem.value}
          {...form.input('max_uses')}
        />
        <div>
          <Submit form={form} kind="primary" act={t('make_invite')} />
        </div>
      </form>
      {made.value !== null && <InviteLink code={made.value.code} />}
      <ul class="rows">
        {pages.items.value.map((invite) => (
          <li key={invite.id} class="row">
            <div class="row-about">
              <p>
                {t(`role_${invite.role}`)} · {t('used', { count: invite.uses })}
                {invite.max_uses !== null && ` / ${invite.max_uses}`} ·{' '}
                {invite.ended ? t('ended') : until(invite.expires_at)}
              </p>
              <p class="row-note">
                {t('made_by')} <Person account={invite.by} />
              </p>
              {invite.joined.length > 0 && (
                <p class="row-note">
                  {t('let_in')}{' '}
                  {invite.joined.map(({ account }) => (
                    <Person key={account} account={account} />
                  ))}
                </p>
              )}
            </div>
            {!invite.ended && (
              <Button kind="danger" onClick={() => revoke(invite.id)}>
                {t('revoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <PageEnd pages={pages} empty={t('no_invites')} />
    </>
  )
}
