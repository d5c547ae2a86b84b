/** What those who run the server look after. */

import { Audit } from '../manage/Audit'
import { Reports } from '../manage/Reports'
import { useChat } from '../shell/chat_context'
import { screenLink } from '../shell/route'
import type { ScreenProps } from '../shell/Screens'
import { Tabs } from '../ui/Tabs'
import { AccountsTab } from './AccountsTab'
import { HealthTab } from './HealthTab'
import { t } from './words'
import '../manage/manage.css'

const TABS = {
  health: HealthTab,
  accounts: AccountsTab,
  reports: () => (
    <>
      <h2>{t('tab_reports')}</h2>
      <p>{t('reports_text')}</p>
      <Reports space={null} />
    </>
  ),
  audit: () => (
    <>
      <h2>{t('tab_audit')}</h2>
      <Audit space={null} />
    </>
  ),
} as const
type TabName = keyof typeof TABS

export function OperatorScreen({ rest }: ScreenProps) {
  const chat = useChat()
  const current = rest[0] !== undefined && Object.hasOwn(TABS, rest[0]) ? (rest[0] as TabName) : 'health'
  const Part = TABS[current]
  if (chat.store.account.value?.admin === false) return <p class="app-empty">{t('not_yours')}</p>
  return (
    <section class="manage manage-narrow" aria-label={t('server')}>
      <header class="manage-head">
        <a class="manage-back" href="#/">
          {t('back')}
        </a>
        <h1>{t('server')}</h1>
      </header>
      <Tabs
        label={t('server')}
        current={current}
        tabs={(Object.keys(TABS) as TabName[]).map((id) => ({
          id,
          label: t(`tab_${id}`),
          link: screenLink('operator', id),
        }))}
      >
        <Part key={current} />
      </Tabs>
    </section>
  )
}
