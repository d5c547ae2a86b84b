/** Everything about a space that its owners, admins and moderators look after. */

import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { screenLink } from '../shell/route'
import type { ScreenProps } from '../shell/Screens'
import { Tabs } from '../ui/Tabs'
import type { OwnSpace, Right } from '../wire/contract'
import { AuditTab } from './AuditTab'
import { EmojiTab } from './EmojiTab'
import { ExportTab } from './ExportTab'
import { InvitesTab } from './InvitesTab'
import { MembersTab } from './MembersTab'
import { ModerationTab } from './ModerationTab'
import { OverviewTab } from './OverviewTab'
import { ReportsTab } from './ReportsTab'
import { RightsTab } from './RightsTab'
import { RoomsTab } from './RoomsTab'
import { t } from './words'
import './manage.css'

export interface TabProps {
  space: OwnSpace
}

const TABS = [
  { id: 'overview', right: null, Part: OverviewTab },
  { id: 'rooms', right: null, Part: RoomsTab },
  { id: 'members', right: null, Part: MembersTab },
  { id: 'invites', right: 'invite.list', Part: InvitesTab },
  { id: 'rights', right: null, Part: RightsTab },
  { id: 'moderation', right: 'member.ban', Part: ModerationTab },
  { id: 'reports', right: 'report.list', Part: ReportsTab },
  { id: 'audit', right: 'audit.list', Part: AuditTab },
  { id: 'emoji', right: null, Part: EmojiTab },
  { id: 'export', right: 'space.export', Part: ExportTab },
] as const satisfies readonly { id: string; right: Right | null; Part: (props: TabProps) => unknown }[]

export function SpaceScreen({ rest }: ScreenProps) {
  const chat = useChat()
  const [id = '', current = 'overview'] = rest
  const space = chat.store.spaces.row(id).value
  if (space === undefined) return <p class="app-empty">{t('no_space')}</p>
  const tabs = TABS.filter(({ right }) => right === null || holds(space.role, right))
  const Part = tabs.find((tab) => tab.id === current)?.Part ?? OverviewTab
  return (
    <div class="manage">
      <header class="manage-head">
        <a class="manage-back" href="#/">
          {t('back')}
        </a>
        <h1>
          <bdi>{space.name}</bdi>
        </h1>
      </header>
      <Tabs
        label={t('tabs')}
        current={current}
        tabs={tabs.map(({ id: tab }) => ({
          id: tab,
          label: t(`tab_${tab}`),
          link: screenLink('space', id, tab),
        }))}
      >
        <Part key={`${id}/${current}`} space={space} />
      </Tabs>
    </div>
  )
}
