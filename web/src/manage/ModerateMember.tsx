/** What may be done about one member: another role, silence, out, never again, and all texts gone. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { givable, holds } from '../data/rights'
import { said } from '../i18n/said'
import { useChat } from '../shell/chat_context'
import { closeDialog } from '../shell/dialog'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { Dialog } from '../ui/Dialog'
import { Field } from '../ui/Field'
import { typedInto } from '../ui/input'
import { toast, tried } from '../ui/toasts'
import type { GrantedRole, Member, Right, RoleSet } from '../wire/contract'
import { Select } from './Select'
import { t } from './words'
import './manage.css'

interface ModerateMemberProps {
  space: string
  /** The member as the list has it now: others change roles while the dialog is open. */
  shown(): Pick<Member, 'account' | 'name' | 'display_name' | 'role'>
  onDone?(): void
}

const HOUR_S = 3600
const DURATIONS = [HOUR_S, 24 * HOUR_S, 7 * 24 * HOUR_S, 30 * 24 * HOUR_S] as const

export function ModerateMember({ space, shown, onDone }: ModerateMemberProps) {
  const chat = useChat()
  const own = chat.store.spaces.row(space).value?.role
  const member = shown()
  const has = member.role ?? 'member'
  const picked = useSignal<string | null>(null)
  const role = picked.value ?? has
  const reason = useSignal('')
  const duration = useSignal(String(24 * HOUR_S))
  const problem = useSignal<string | null>(null)
  const effect = useSignal<RoleSet | null>(null)
  const about = () => ({ space, account: member.account, reason: reason.value.trim() || null })
  const lasting = () => (duration.value === '' ? {} : { for: Number(duration.value) })
  const done = async (work: () => Promise<unknown>) => {
    await work()
    toast(t('done'))
    onDone?.()
  }
  const act = async (work: () => Promise<unknown>) => {
    problem.value = null
    try {
      await done(work)
      closeDialog()
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  const putOut = async (how: 'kick' | 'ban') => {
    const name = member.display_name || member.name
    const answer = await confirmed({
      title: t(how),
      text: t(`${how}_text`, { name }),
      act: t(how),
      danger: true,
    })
    if (!answer) return
    const work = () =>
      how === 'kick' ? chat.ask('member.kick', about()) : chat.ask('member.ban', { ...about(), ...lasting() })
    await tried(() => done(work)) // what asked has taken the place of this dialog
  }
  /** What the other role would change. */
  const preview = async (to: string) => {
    effect.value = null
    problem.value = null
    if (to === has) return
    try {
      const found = await chat.ask('member.set_role', { ...about(), role: to as GrantedRole, dry_run: true })
      if (picked.peek() === to) effect.value = found
    } catch (error) {
      problem.value = said(error as Error)
    }
  }
  useEffect(() => {
    if (picked.peek() !== null) void preview(role)
  }, [role, has])
  /** Counts first, so that nobody erases more than they think. */
  const erase = async () => {
    await tried(async () => {
      const { messages } = await chat.ask('member.erase_messages', { ...about(), dry_run: true })
      const answer = await confirmed({
        title: t('erase'),
        text: t('erase_text', { name: member.display_name, count: messages }),
        act: t('erase'),
        danger: true,
        reason: true,
      })
      if (answer) await done(() => chat.ask('member.erase_messages', { ...about(), ...answer }))
    })
  }
  return (
    <Dialog title={t('moderate_name', { name: member.display_name || member.name })} onClose={closeDialog}>
      {holds(own, 'member.set_role') && (
        <div class="manage-inline form">
          <Select
            label={t('role')}
            value={role}
            options={givable(own).map((one) => [one, t(`role_${one}`)])}
            onPick={(value) => {
              picked.value = value
            }}
          />
          <div>
            <Button
              disabled={role === has}
              onClick={() =>
                act(() => chat.ask('member.set_role', { ...about(), role: role as GrantedRole }))
              }
            >
              {t('set_role')}
            </Button>
          </div>
          {effect.value !== null && (
            <div class="preview" aria-live="polite">
              <Rights title={t('member_gains')} rights={effect.value.gains ?? []} />
              <Rights title={t('member_loses')} rights={effect.value.loses ?? []} />
            </div>
          )}
        </div>
      )}
      <Field
        label={t('reason')}
        hint={t('reason_hint')}
        maxLength={500}
        problem={problem.value}
        {...typedInto(reason)}
      />
      <Select
        label={t('how_long')}
        value={duration.value}
        options={[
          ...DURATIONS.map((seconds): [string, string] => [
            String(seconds),
            seconds < 24 * HOUR_S
              ? t('hours', { count: seconds / HOUR_S })
              : t('days', { count: seconds / (24 * HOUR_S) }),
          ]),
          ['', t('for_ever')],
        ]}
        onPick={(value) => {
          duration.value = value
        }}
      />
      <div class="form-acts">
        <Button onClick={() => act(() => chat.ask('member.mute', { ...about(), ...lasting() }))}>
          {t('mute')}
        </Button>
        <Button kind="danger" onClick={() => putOut('kick')}>
          {t('kick')}
        </Button>
        <Button kind="danger" onClick={() => putOut('ban')}>
          {t('ban')}
        </Button>
        {holds(own, 'member.erase_messages') && (
          <Button kind="danger" onClick={erase}>
            {t('erase')}
          </Button>
        )}
      </div>
      <p class="row-note">{t('moderate_note')}</p>
    </Dialog>
  )
}

function Rights({ title, rights }: { title: string; rights: readonly Right[] }) {
  if (rights.length === 0) return null
  return (
    <p>
      <strong>{title}</strong> {rights.map((right) => t(`right_${right}`)).join(' · ')}
    </p>
  )
}
