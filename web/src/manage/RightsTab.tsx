/** Who may do what: the table of roles, what a room changes about it, and why somebody may or may not. */

import { useSignal } from '@preact/signals'
import { holds } from '../data/rights'
import { useChat } from '../shell/chat_context'
import { RIGHTS, ROLES } from '../wire/contract'
import { Explain } from './Explain'
import { Overrides } from './Overrides'
import { Select } from './Select'
import type { TabProps } from './SpaceScreen'
import { t } from './words'

export function RightsTab({ space }: TabProps) {
  const chat = useChat()
  const room = useSignal('')
  const rooms = chat.store.rooms.all().filter((one) => one.space === space.id)
  return (
    <>
      <p>{t('rights_text')}</p>
      {holds(space.role, 'audit.list') && (
        <>
          <Select
            label={t('room')}
            value={room.value}
            options={[['', t('choose_room')], ...rooms.map(({ id, name }): [string, string] => [id, name])]}
            onPick={(value) => {
              room.value = value
            }}
          />
          {room.value !== '' && holds(space.role, 'room.override') && (
            <Overrides key={`o${room.value}`} room={room.value} space={space} />
          )}
          {room.value !== '' && <Explain key={`e${room.value}`} room={room.value} />}
        </>
      )}
      <div class="table-box" tabIndex={0} role="region" aria-label={t('rights_table')}>
        <table class="table">
          <caption>{t('rights_table')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('right')}</th>
              {ROLES.map((role) => (
                <th scope="col" key={role}>
                  {t(`role_${role}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {RIGHTS.map((right) => (
              <tr key={right}>
                <th scope="row">{t(`right_${right}`)}</th>
                {ROLES.map((role) => (
                  <td key={role}>{holds(role, right) ? t('yes') : '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
