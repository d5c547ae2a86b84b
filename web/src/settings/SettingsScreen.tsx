/** What an account sets for itself. */

import { PushSettings } from '../notify/PushSettings'
import { screenLink } from '../shell/route'
import type { ScreenProps } from '../shell/Screens'
import { Tabs } from '../ui/Tabs'
import { AccountTab } from './AccountTab'
import { AppearanceTab } from './AppearanceTab'
import { BlockedTab } from './BlockedTab'
import { BotsTab } from './BotsTab'
import { DataTab } from './DataTab'
import { DevicesTab } from './DevicesTab'
import { NotificationsTab } from './NotificationsTab'
import { ProfileTab } from './ProfileTab'
import { SecurityTab } from './SecurityTab'
import { t } from './words'
import '../manage/manage.css'
import './settings.css'

const TABS = {
  profile: ProfileTab,
  account: AccountTab,
  security: SecurityTab,
  devices: DevicesTab,
  notifications: Notifications,
  appearance: AppearanceTab,
  blocked: BlockedTab,
  bots: BotsTab,
  data: DataTab,
} as const
type TabName = keyof typeof TABS

export function SettingsScreen({ rest }: ScreenProps) {
  const current = rest[0] !== undefined && Object.hasOwn(TABS, rest[0]) ? (rest[0] as TabName) : 'profile'
  const Part = TABS[current]
  return (
    <section class="manage manage-narrow" aria-label={t('settings')}>
      <header class="manage-head">
        <a class="manage-back" href="#/">
          {t('back')}
        </a>
        <h1>{t('settings')}</h1>
      </header>
      <Tabs
        label={t('settings')}
        current={current}
        tabs={(Object.keys(TABS) as TabName[]).map((id) => ({
          id,
          label: t(`tab_${id}`),
          link: screenLink('settings', id),
        }))}
      >
        <Part key={current} />
      </Tabs>
    </section>
  )
}

function Notifications() {
  return (
    <>
      <NotificationsTab />
      <PushSettings />
    </>
  )
}
