/** An entry of the audit as a sentence: which one, and what stands in it. */

import { splitStream } from '../data/store'
import { type AuditEntry, type Right, ROLES, type Role } from '../wire/contract'
import { t } from './audit_words'
import { until } from './when'
import { t as shared } from './words'

export type AuditKey = Parameters<typeof t>[0]

/** What may happen in a space, and to the server and its accounts: what one may filter by. */
export const KINDS_OF_SPACE = [
  'space.created',
  'space.updated',
  'space.locked',
  'space.unlocked',
  'space.exported',
  'space.retention_set',
  'space.hold_set',
  'import.begun',
  'import.finished',
  'import.undone',
  'member.joined',
  'member.left',
  'member.role_set',
  'member.kicked',
  'member.muted',
  'member.unmuted',
  'member.banned',
  'member.unbanned',
  'member.erasure_ordered',
  'member.erasure_cancelled',
  'member.messages_erased',
  'invite.created',
  'invite.revoked',
  'room.created',
  'room.updated',
  'room.archived',
  'room.unarchived',
  'room.locked',
  'room.unlocked',
  'room.override_set',
  'room.deleted',
  'room.exported',
  'room.retention_set',
  'room.hold_set',
  'message.deleted',
  'pin.added',
  'pin.removed',
  'emoji.added',
  'emoji.removed',
] as const
export const KINDS_OF_SERVER = [
  'account.created',
  'account.updated',
  'account.renamed',
  'account.secured',
  'account.deleted',
  'backup.created',
  'backup.restored',
  'view.rebuilt',
  'server.compacted',
  'message.deleted',
] as const

export interface AuditLine {
  readonly key: AuditKey
  /** Ids that the reader is shown as names. */
  readonly by: string
  readonly whom: string | null
  readonly room: string | null
  /** The rest of what the sentence names. */
  readonly values: Readonly<Record<string, string>>
  /** What stands behind it, as it was set. */
  readonly details: readonly string[]
}

interface Data {
  readonly account?: string
  readonly author?: string
  readonly room?: string
  readonly name?: string
  readonly before?: string
  readonly role?: Role
  readonly until?: number | null
  readonly allow?: boolean | null
  readonly right?: Right
  readonly disabled?: boolean
  readonly admin?: boolean
  readonly expired?: boolean
  readonly view?: string
  readonly format?: string
  readonly hold?: boolean
  readonly keep_days?: number | null
}

/** A public room that is made is told to its space and in itself: once is enough, where both are there. */
export function toldOnce(entries: readonly AuditEntry[]): AuditEntry[] {
  const inThemselves = new Set(
    entries.filter(({ type }) => type === 'room.created').map(({ stream }) => stream),
  )
  return entries.filter(
    ({ type, stream, data }) =>
      type !== 'room.created' ||
      stream.startsWith('room/') ||
      !inThemselves.has(`room/${(data as Data).room}`),
  )
}

export function auditLine({ stream, type, by, data }: AuditEntry): AuditLine {
  const [kind, id] = splitStream(stream)
  const said = data as Data
  const whom = kind === 'account' ? id : (said.account ?? said.author ?? null)
  const key = keyOf(kind, type, by, said)
  return {
    key,
    by,
    whom,
    room: kind === 'room' ? id : (said.room ?? null),
    values: {
      type,
      name: said.name ?? '',
      view: said.view ?? '',
      format: said.format ?? '',
      days: String(said.keep_days ?? 0),
      before: type === 'member.role_set' ? roleName(said.before ?? '') : (said.before ?? ''),
      role: roleName(said.role ?? ''),
      until: until(said.until ?? null),
      right: said.right === undefined ? '' : shared(`right_${said.right}`),
      subject: said.account === undefined ? roleName(said.role ?? '') : '',
    },
    details: ['room.updated', 'space.updated', 'backup.created'].includes(type) ? detailsOf(data) : [],
  }
}

function keyOf(kind: string, type: string, by: string, data: Data): AuditKey {
  const place = kind === 'room' ? 'room' : 'space'
  switch (type) {
    case 'member.joined':
      return data.account === by ? `${place}.joined` : `${place}.added`
    case 'member.left':
      return `${place}.left`
    case 'member.kicked':
      return `${place}.kicked`
    case 'space.hold_set':
    case 'room.hold_set':
      return data.hold ? `${place}.held` : `${place}.released`
    case 'space.retention_set':
    case 'room.retention_set':
      if (data.keep_days === null) return 'room.kept_as_space'
      return data.keep_days === 0 ? `${place}.kept` : `${place}.kept_for`
    case 'account.updated':
      if (data.disabled !== undefined) return data.disabled ? 'account.disabled' : 'account.enabled'
      if (data.admin !== undefined) return data.admin ? 'account.admin' : 'account.no_admin'
      return type
    case 'room.override_set':
      if (data.allow == null) return 'override.removed'
      return data.allow ? 'override.allowed' : 'override.denied'
    case 'message.deleted':
      return data.expired ? 'message.expired' : type
    default:
      return isKnown(type) ? type : 'unknown'
  }
}

const KNOWN: ReadonlySet<string> = new Set([...KINDS_OF_SPACE, ...KINDS_OF_SERVER, 'space.deleted'])

/** An event that a later server has is shown by its name. */
function isKnown(type: string): type is Exclude<KindOfEvent, 'member.joined'> & AuditKey {
  return KNOWN.has(type)
}

type KindOfEvent = (typeof KINDS_OF_SPACE)[number] | (typeof KINDS_OF_SERVER)[number] | 'space.deleted'

const roleName = (role: string) =>
  (ROLES as readonly string[]).includes(role) ? shared(`role_${role as Role}`) : role

function detailsOf({ name, topic, description, slow_mode, path }: Record<string, unknown>): string[] {
  const fields = { name, topic, description, slow_mode, file: path }
  return Object.entries(fields)
    .filter(([, value]) => value != null && value !== '')
    .map(([field, value]) => t(field as 'name', { value: String(value) }))
}

/** A sentence in parts: texts, and the names in braces whose place something else takes. */
export function partsOf(template: string): readonly { readonly text: string; readonly named: boolean }[] {
  return template
    .split(/\{(\w+)\}/)
    .map((text, at) => ({ text, named: at % 2 === 1 }))
    .filter(({ text }) => text !== '')
}
