import { useSignal } from '@preact/signals'
import { useChat } from '../shell/chat_context'
import { dateAndClock } from '../text/dates'
import { confirmed } from '../ui/confirm'
import { IconButton } from '../ui/IconButton'
import { Menu, type MenuItem } from '../ui/Menu'
import { toast, tried } from '../ui/toasts'
import type { Account } from '../wire/contract'
import type { LinkFor } from './AccountsTab'
import { t } from './words'

interface AccountRowProps {
  account: Account
  onChanged(): void
  onLink(link: LinkFor): void
}

/** Erasing all that somebody wrote takes its time. */
const ERASE_MS = 300_000

export function AccountRow({ account, onChanged, onLink }: AccountRowProps) {
  const chat = useChat()
  const anchor = useSignal<HTMLElement | null>(null)
  const { id, name } = account
  const who = { account: id }
  const marks = [
    account.admin && t('admin'),
    account.bot && t('bot'),
    account.placeholder && t('placeholder'),
    account.disabled && t('disabled'),
    account.deleted && t('deleted'),
  ].filter((mark) => mark !== false)

  /** Asks first, and for a reason, which is kept with the act. */
  const asked = async (
    act: string,
    text: string,
    work: (reason: { reason: string | null }) => Promise<unknown>,
    more: { typed?: string; reason?: boolean } = {},
  ) => {
    const answer = await confirmed({ title: act, text, act, danger: true, reason: true, ...more })
    if (answer && (await tried(() => work(answer)))) {
      toast(t('done'))
      onChanged()
    }
  }
  const link = () => tried(async () => onLink({ name, link: await chat.ask('account.recovery_link', who) }))
  const admin = !account.admin
  const items: MenuItem[] = [
    {
      label: t(account.placeholder ? 'claim_link' : 'recovery_link'),
      icon: 'link',
      onPick: () => void link(),
    },
    {
      label: t('reset_totp'),
      onPick: () =>
        void asked(
          t('reset_totp'),
          t('reset_totp_text', { name }),
          () => chat.ask('account.reset_totp', who),
          {
            reason: false,
          },
        ),
    },
    {
      label: t('sign_out'),
      onPick: () =>
        void asked(t('sign_out'), t('sign_out_text', { name }), () => chat.ask('account.sign_out', who), {
          reason: false,
        }),
    },
    {
      label: admin ? t('make_admin') : t('take_admin'),
      onPick: () =>
        void asked(
          admin ? t('make_admin') : t('take_admin'),
          admin ? t('make_admin_text', { name }) : t('take_admin_text', { name }),
          (reason) => chat.ask('account.set_admin', { ...who, admin, ...reason }),
        ),
    },
    account.disabled
      ? {
          label: t('enable'),
          onPick: () =>
            void asked(t('enable'), t('enable_text', { name }), (reason) =>
              chat.ask('account.enable', { ...who, ...reason }),
            ),
        }
      : {
          label: t('disable'),
          danger: true,
          onPick: () =>
            void asked(t('disable'), t('disable_text', { name }), (reason) =>
              chat.ask('account.disable', { ...who, ...reason }),
            ),
        },
    {
      label: t('erase'),
      danger: true,
      onPick: () =>
        void asked(
          t('erase'),
          t('erase_text', { name }),
          (reason) => chat.ask('account.erase', { ...who, ...reason }, ERASE_MS),
          { typed: name },
        ),
    },
  ]
  return (
    <li class="row">
      <div class="row-about">
        <bdi>{account.display_name || name}</bdi> <span class="row-note">@{name}</span>
        <p class="row-note">
          {[...marks, t('created', { when: dateAndClock(account.created_at) })].join(' · ')}
        </p>
      </div>
      {!account.deleted && (
        <IconButton
          icon="more"
          label={t('acts', { name })}
          aria-haspopup="menu"
          aria-expanded={anchor.value !== null}
          onClick={(event) => {
            anchor.value = anchor.value === null ? event.currentTarget : null
          }}
        />
      )}
      {anchor.value !== null && (
        <Menu
          label={t('acts', { name })}
          items={items}
          anchor={anchor.value}
          onClose={() => {
            anchor.value = null
          }}
        />
      )}
    </li>
  )
}
