import { useChat } from '../shell/chat_context'
import { go, screenLink } from '../shell/route'
import { accounts, show, signOut, signOutAll } from '../shell/session'
import { leaveAccount } from '../shell/signing_out'
import { dateAndClock } from '../text/dates'
import { Button } from '../ui/Button'
import { confirmed } from '../ui/confirm'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import { tried } from '../ui/toasts'
import { t } from './words'

export function DevicesTab() {
  const chat = useChat()
  const pages = usePages(async (after) => {
    const { devices, next } = await chat.ask('device.list', { after })
    return { items: devices, next }
  }, [])
  const revoke = async (device: string) => {
    if (await tried(() => chat.ask('device.revoke', { device }))) pages.reload()
  }
  const revokeOthers = async () => {
    const answer = await confirmed({
      title: t('revoke_others'),
      text: t('revoke_others_text'),
      act: t('revoke_others'),
      danger: true,
    })
    if (answer && (await tried(() => chat.ask('device.revoke_others', {})))) pages.reload()
  }
  return (
    <>
      <section class="form">
        <h2>{t('tab_devices')}</h2>
        <ul class="rows">
          {pages.items.value.map((device) => (
            <li key={device.id} class="row">
              <div class="row-about">
                {device.name || t('unnamed')}
                {device.current && <strong> · {t('this_device')}</strong>}
                <p class="row-note">
                  {device.connected
                    ? t('connected')
                    : device.last_seen === null
                      ? t('signed_in_at', { when: dateAndClock(device.created_at) })
                      : t('last_seen', { when: dateAndClock(device.last_seen) })}
                </p>
              </div>
              {!device.current && (
                <Button kind="danger" onClick={() => revoke(device.id)}>
                  {t('sign_out')}
                </Button>
              )}
            </li>
          ))}
        </ul>
        <PageEnd pages={pages} empty={t('no_devices')} />
        <div class="form-acts manage-acts">
          <Button onClick={revokeOthers}>{t('revoke_others')}</Button>
          <Button
            kind="danger"
            onClick={() => {
              go('#/', true)
              void leaveAccount(chat)
            }}
          >
            {t('sign_out_here')}
          </Button>
        </div>
      </section>
      <section class="form">
        <h2>{t('accounts_here')}</h2>
        <ul class="rows">
          {accounts.all.value.map(({ id, display_name, name }) => (
            <li key={id} class="row">
              <div class="row-about">
                <bdi>{display_name}</bdi> <span class="row-note">@{name}</span>
              </div>
              {id !== chat.me && (
                <>
                  <Button
                    onClick={() => {
                      go('#/')
                      void show(id)
                    }}
                  >
                    {t('switch_to')}
                  </Button>
                  <Button kind="danger" onClick={() => signOut(id)}>
                    {t('sign_out')}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
        <div class="form-acts manage-acts">
          <a class="button" href={screenLink('add-account')}>
            {t('add_account')}
          </a>
          {accounts.all.value.length > 1 && (
            <Button kind="danger" onClick={signOutAll}>
              {t('sign_out_all')}
            </Button>
          )}
        </div>
      </section>
    </>
  )
}
