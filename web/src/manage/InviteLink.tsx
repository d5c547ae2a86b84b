import { CopyField } from '../ui/CopyField'
import { QrCode } from '../ui/QrCode'
import { t } from './words'
import './manage.css'

/** Names under which a machine knows only itself. */
const ONLY_HERE = /^(localhost|127\..*|\[::1\])$/

function inviteLink(code: string): string {
  return `${location.origin}/#/invite/${encodeURIComponent(code)}`
}

/** The link of a new invite, shown this once. */
export function InviteLink({ code }: { code: string }) {
  const link = inviteLink(code)
  return (
    <section class="invite" aria-label={t('invite_link')}>
      <p>{t('invite_once')}</p>
      <CopyField text={link} label={t('invite_link')} />
      {ONLY_HERE.test(location.hostname) && <p class="row-note">{t('invite_only_here')}</p>}
      <QrCode text={link} label={t('invite_qr')} />
    </section>
  )
}
