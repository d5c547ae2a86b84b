/** Who did what, newest first. */

import { useSignal } from '@preact/signals'
import { directoryOf } from '../people/directory'
import { useChat } from '../shell/chat_context'
import { roomLink } from '../shell/route'
import { roomName } from '../sidebar/room_name'
import { dateTime } from '../text/dates'
import { PageEnd } from '../ui/PageEnd'
import { usePages } from '../ui/pages'
import type { AuditEntry, Member } from '../wire/contract'
import { type AuditLine, auditLine, KINDS_OF_SERVER, KINDS_OF_SPACE, partsOf, toldOnce } from './audit_line'
import { t } from './audit_words'
import { Person } from './Person'
import { Select } from './Select'
import { t as shared } from './words'

/** `space` null: what happened to the server and to accounts, for operators. */
export function Audit({ space }: { space: string | null }) {
  const chat = useChat()
  const by = useSignal('')
  const about = useSignal('')
  const type = useSignal('')
  const { people } = directoryOf(chat).value as { people: ReadonlyMap<string, Member> }
  const pages = usePages(
    async (after) => {
      const { entries, next } = await chat.ask('audit.list', {
        space,
        by: by.value || null,
        account: about.value || null,
        type: type.value || null,
        before: after === null ? null : Number(after),
      })
      return { items: entries, next: next === null ? null : String(next) }
    },
    [space, by.value, about.value, type.value],
  )
  const names = [...people.values()].map(({ account, display_name }): [string, string] => [
    account,
    display_name,
  ])
  const kinds = (space === null ? KINDS_OF_SERVER : KINDS_OF_SPACE).map((kind): [string, string] => [
    kind,
    t(`kind_${kind}`),
  ])
  return (
    <>
      <div class="manage-inline form">
        <Select
          label={t('by')}
          value={by.value}
          options={[['', shared('anybody')], ...names]}
          onPick={(value) => {
            by.value = value
          }}
        />
        <Select
          label={t('about')}
          value={about.value}
          options={[['', shared('anybody')], ...names]}
          onPick={(value) => {
            about.value = value
          }}
        />
        <Select
          label={t('what')}
          value={type.value}
          options={[['', t('anything')], ...kinds]}
          onPick={(value) => {
            type.value = value
          }}
        />
      </div>
      <ul class="rows">
        {toldOnce(pages.items.value).map((entry) => (
          <Entry key={entry.position} entry={entry} />
        ))}
      </ul>
      <PageEnd pages={pages} empty={shared('no_entries')} />
    </>
  )
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { reason } = entry.data as { reason?: string }
  const line = auditLine(entry)
  return (
    <li class="row row-tall">
      <div class="row-about">
        <p>
          {partsOf(t(line.key)).map(({ text, named }, at) =>
            named ? <Named key={at} name={text} line={line} /> : text,
          )}
        </p>
        <p class="row-note">
          {[dateTime(entry.at), ...line.details].join(' · ')}
          {reason !== undefined && ` · ${shared('reason')}: ${reason}`}
        </p>
      </div>
    </li>
  )
}

/** What stands in a sentence of the audit: a person, a room, or a word. */
function Named({ name, line: { by, whom, room, values } }: { name: string; line: AuditLine }) {
  const chat = useChat()
  if (name === 'by') return <Person account={by} />
  if (whom !== null && (name === 'whom' || (name === 'subject' && values.subject === '')))
    return <Person account={whom} />
  if (name !== 'room') return <bdi>{values[name] ?? ''}</bdi>
  const known = room === null ? undefined : chat.store.rooms.row(room).value
  return known === undefined ? (
    <bdi>{values.name || t('a_room')}</bdi>
  ) : (
    <a href={roomLink(known.id)}>
      <bdi>{roomName(chat, known)}</bdi>
    </a>
  )
}
