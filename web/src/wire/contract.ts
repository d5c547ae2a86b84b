// The contract of chatd as types, made by `chatd schema --typescript`. Do not edit.

export const ROLES = ['owner', 'admin', 'moderator', 'member', 'guest'] as const
export type Role = (typeof ROLES)[number]

export const GRANTED_ROLES = ['admin', 'moderator', 'member', 'guest'] as const
export type GrantedRole = (typeof GRANTED_ROLES)[number]

export const ROOM_KINDS = ['text', 'audio', 'video', 'announcement'] as const
export type RoomKind = (typeof ROOM_KINDS)[number]

export const SIGN_UP_MODES = ['open', 'invite', 'closed'] as const
export type SignUpMode = (typeof SIGN_UP_MODES)[number]

export const SCOPES = ['read', 'post', 'react', 'join', 'moderate', 'manage'] as const
export type Scope = (typeof SCOPES)[number]

export const BOUND_ROLES = ['moderator', 'member', 'guest'] as const
export type BoundRole = (typeof BOUND_ROLES)[number]

export const SHOWING_RIGHTS = ['message.post', 'message.announce', 'mention.loud', 'reaction.add', 'pin.set'] as const
export type ShowingRight = (typeof SHOWING_RIGHTS)[number]

export const RIGHTS = ['space.update', 'space.delete', 'space.lock', 'space.export', 'space.set_retention', 'invite.create', 'invite.list', 'member.see_all', 'member.set_role', 'member.kick', 'member.ban', 'member.mute', 'member.erase_messages', 'room.create', 'room.create_private', 'room.see_public', 'room.join_public', 'room.invite', 'room.remove', 'room.update', 'room.lock', 'room.override', 'room.archive', 'room.delete', 'room.set_retention', 'message.post', 'message.announce', 'message.hurry', 'message.delete_any', 'message.see_edits', 'mention.loud', 'reaction.add', 'pin.set', 'emoji.manage', 'report.list', 'audit.list'] as const
export type Right = (typeof RIGHTS)[number]

export const LEVELS = ['all', 'mentions', 'none'] as const
export type Level = (typeof LEVELS)[number]

export const PRESENCE_STATES = ['online', 'away', 'dnd', 'invisible'] as const
export type PresenceState = (typeof PRESENCE_STATES)[number]

export const SHOWN_PRESENCES = ['online', 'away', 'dnd', 'invisible', 'offline'] as const
export type ShownPresence = (typeof SHOWN_PRESENCES)[number]

export const ANY_ROOM_KINDS = ['text', 'audio', 'video', 'announcement', 'direct'] as const
export type AnyRoomKind = (typeof ANY_ROOM_KINDS)[number]

export const DIRECT_STATES = ['accepted', 'declined', 'left'] as const
export type DirectState = (typeof DIRECT_STATES)[number]

export const NOTIFICATION_KINDS = ['direct', 'mention', 'thread', 'message', 'scheduled'] as const
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

export const SECURITY_CHANGES = ['password', 'totp_on', 'totp_off', 'recovery_link', 'recovered', 'identity_added', 'identity_removed', 'passkey_added', 'passkey_removed', 'device_added', 'token_made', 'signed_out', 'exported'] as const
export type SecurityChange = (typeof SECURITY_CHANGES)[number]

export const EXPORT_KINDS = ['account', 'name', 'device', 'push', 'passkey', 'identity', 'bot', 'membership', 'preferences', 'subscription', 'block', 'direct', 'read', 'bookmark', 'draft', 'scheduled', 'report', 'invite', 'message', 'reaction', 'file', 'notification'] as const
export type ExportKind = (typeof EXPORT_KINDS)[number]

export const RATE_CLASSES = ['post', 'write', 'query', 'signal', 'open', 'refresh', 'sign_in', 'sign_up'] as const
export type RateClass = (typeof RATE_CLASSES)[number]

export const ERROR_CODES = ['invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'rate_limited', 'too_large', 'overloaded', 'unavailable', 'uncertain', 'internal'] as const
/**
 * - `invalid`: the request is not one: an unknown name or field, a value out of its limits.
 * - `unauthenticated`: no session is open, or the token, name or password is wrong.
 * - `forbidden`: the caller may know of the thing, but not do this.
 * - `not_found`: there is no such thing, or the caller may not see it: existence is not leaked.
 * - `conflict`: what is there already says otherwise: a name that is taken, a nonce with another text.
 * - `rate_limited`: too many requests; `data.retry_after` says how many seconds to wait.
 * - `too_large`: a frame over the limit, too many frames in a message, more saved texts than an account may have, or more at once than several servers that share one log can store.
 * - `overloaded`: too much of the same account, address or network waits already, or a search takes too long; try again in a few seconds.
 * - `unavailable`: the store cannot answer or the server is stopping; nothing was changed, it is safe to try again.
 * - `uncertain`: the store did not answer in time, so what was asked may have been done, or be yet; look before asking again. Only where several servers share one log.
 * - `internal`: a bug; the server's log says more.
 */
export type ErrorCode = (typeof ERROR_CODES)[number]

/**
 * Why the server closes a connection.
 * - 1000: the client closed. Connect again: as it likes.
 * - 1001: the server is going away, or a bot has new scopes. Connect again: yes, after a random wait.
 * - 1002: the client broke the WebSocket protocol. Connect again: after correction.
 * - 1003: the client broke the WebSocket protocol. Connect again: after correction.
 * - 1007: a text message was not UTF-8. Connect again: after correction.
 * - 1008: over a thousand control frames without a message between them. Connect again: after correction.
 * - 1009: a message was too long, or in too many pieces. Connect again: after correction.
 * - 4001: no session was opened in time. Connect again: yes.
 * - 4002: the device was revoked: signed out, password changed, account disabled. Connect again: no: sign in again.
 * - 4003: 16 frames could not be read or had no id, or 50 requests were refused before a session was open. Connect again: after correction.
 * - 4004: reserved for a session that another one replaces; not sent today. Connect again: no.
 */
export type CloseCode = 1000 | 1001 | 1002 | 1003 | 1007 | 1008 | 1009 | 4001 | 4002 | 4003 | 4004

// What fields of requests take, by their types. Texts are counted in code points, as `[...text].length` does, lists in entries.

export const MAX_ID = 64
export const MAX_LIMIT = 500
export const MAX_ATTACHMENTS = 10
export const MAX_LINK_SECONDS = 604_800
export const MAX_NAME = 80
export const MAX_DEVICE_NAME = 80
export const MAX_NOTE = 80
export const MAX_TOPIC = 1_000
export const MAX_ABOUT = 1_000
export const MAX_REASON = 500
export const MAX_TEXT = 10_000
export const MAX_TEXT_OR_NONE = 10_000
export const MAX_PICTURE = 500
export const MAX_PICTURE_OR_NONE = 500
export const MIN_ACCOUNT_NAME = 2
export const MAX_ACCOUNT_NAME = 32
export const MAX_PASSWORD = 256
export const MAX_TOKEN = 4_096
export const MAX_CODE = 64
export const MAX_LABEL = 80
export const MAX_URL = 500
export const MAX_NONCE = 64
export const MAX_KEEP_DAYS = 36_500
export const MAX_SECONDS = 316_224_000
export const MAX_EMOJI = 64
export const MIN_EMOJI_NAME = 2
export const MAX_EMOJI_NAME = 32
export const MAX_QUERY = 200
export const MAX_MINUTE = 1_439
export const MAX_TIME_ZONE = 64
export const MAX_FAVOURITES = 100
export const MAX_SPACE_ORDER = 200
export const MAX_ROOM_ORDER = 500
export const MAX_QUICK_REACTIONS = 12
export const MAX_PATH = 4_096

export type AboutAccount = {
  readonly account: string
  readonly reason?: string
}

export type AboutFile = {
  readonly file: string
}

export type AboutImport = {
  readonly import: string
}

export type AboutMember = {
  readonly account: string
}

export type AboutMessage = {
  readonly seq: number
}

export type AboutRoom = {
  readonly room: string
}

export type AcceptDirect = {
  /** 1 to 64 characters */
  readonly room: string
}

export type AcceptInvite = {
  /** 1 to 4,096 characters */
  readonly code: string
}

export type AccessExplained = {
  readonly sees: Verdict
  readonly member: boolean
  readonly role: Role | null
  readonly rights: Readonly<Partial<Record<Right, Verdict>>>
}

/** By account id, as it was `at` that time. */
export type AccessList = {
  readonly at: number
  readonly position: number
  readonly accounts: readonly Viewer[]
  readonly next: string | null
}

/** An account, as its owner and operators see it; nobody else sees more than a member's names. */
export type Account = {
  readonly id: string
  readonly name: string
  readonly display_name: string
  readonly about: string | null
  readonly avatar: string | null
  readonly admin: boolean
  readonly disabled: boolean
  readonly deleted: boolean
  readonly bot: boolean
  readonly owner: string | null
  readonly created_at: number
  readonly placeholder: boolean
}

export type AccountCreated = {
  readonly account: string
  readonly name?: string
  readonly display_name?: string
  readonly admin?: boolean
  readonly placeholder?: boolean
  readonly owner?: string
  readonly scopes?: readonly Scope[]
}

/** `next` is the `after` of the following page, null at the end. */
export type AccountPage = {
  readonly accounts: readonly Account[]
  readonly next: string | null
}

/** `last_seen` is when others last saw the account, null while they do, or if they never did. */
export type AccountPresence = {
  readonly account: string
  readonly state: ShownPresence
  readonly last_seen: number | null
}

export type AccountRenamed = {
  readonly name?: string
  readonly before?: string
  readonly reason?: string
}

export type AccountResult = {
  readonly account: Account
}

export type AccountSecured = {
  readonly change: SecurityChange
}

export type AccountUpdated = {
  readonly display_name?: string
  readonly about?: string
  readonly avatar?: string
  readonly disabled?: boolean
  readonly admin?: boolean
  readonly reason?: string
}

export type ActorCounts = {
  readonly awake: number
  readonly rooms: number
  readonly spaces: number
  readonly accounts: number
}

export type ActorLoad = {
  readonly name: string
  readonly depth: number
  readonly capacity: number
  readonly oldest_wait_ms: number
  readonly turns: number
  readonly handled: number
  readonly restarts: number
}

export type AddBlock = {
  /** 1 to 64 characters */
  readonly account: string
}

export type AddBookmark = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 0 to 80 characters; one line, or empty */
  readonly note?: string | null
}

export type AddEmoji = {
  /** 1 to 64 characters */
  readonly space: string
  /** 2 to 32 characters; of the letters a to z, digits, _, + and - */
  readonly name: string
  /** 1 to 500 characters; the id of a file, or a web address */
  readonly image: string
}

export type AddIdentity = {
  /** 1 to 4,096 characters */
  readonly code: string
}

export type AddImportEmoji = {
  /** 1 to 64 characters */
  readonly import: string
  /** 2 to 32 characters; of the letters a to z, digits, _, + and - */
  readonly name: string
  /** 1 to 500 characters; the id of a file, or a web address */
  readonly image: string
}

export type AddImportMessages = {
  /** 1 to 64 characters */
  readonly import: string
  /** 1 to 64 characters */
  readonly room: string
  /** at most 500 entries */
  readonly messages: readonly ImportMessage[]
}

export type AddImportPeople = {
  /** 1 to 64 characters */
  readonly import: string
  /** at most 100 entries */
  readonly people: readonly ImportPerson[]
}

export type AddImportRooms = {
  /** 1 to 64 characters */
  readonly import: string
  /** at most 100 entries */
  readonly rooms: readonly ImportRoom[]
}

export type AddPasskey = {
  /** 1 to 128 characters */
  readonly ceremony: string
  /** 1 to 4,096 characters */
  readonly client_data: string
  /** 1 to 65,536 characters */
  readonly attestation: string
  /** 0 to 80 characters; one line, or empty */
  readonly name?: string | null
}

export type AddPin = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type AddReaction = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 1 to 64 characters */
  readonly emoji: string
}

export type ArchiveRoom = {
  /** 1 to 64 characters */
  readonly room: string
}

export type AskDoctor = {
  /** default true */
  readonly certificate?: boolean
}

/** An event without texts; `data` as the event has it. */
export type AuditEntry = {
  readonly position: number
  readonly stream: string
  readonly seq: number
  readonly type: string
  readonly at: number
  readonly by: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The newest first. `next` is the `before` of the following page, null at the end. */
export type AuditPage = {
  readonly entries: readonly AuditEntry[]
  readonly next: number | null
}

/**
 * Size of the database in it, the position of the last event in it, and how many blobs of files are in
 * it. In a repository it has an `id`, and `added` is how many bytes the repository did not have before.
 *
 * `findings` are sentences about blobs that are lost or damaged: the backup has no good bytes of them.
 */
export type BackupCreated = {
  readonly path: string
  readonly bytes: number
  readonly position: number
  readonly blobs: number
  readonly findings: readonly string[]
  readonly id: string | null
  readonly added: number | null
}

export type BackupMade = {
  readonly path: string
  readonly bytes: number
  readonly upto: number
}

export type BackupRestored = {
  readonly upto: number
  readonly restored_at: number
}

/**
 * Backups that the server makes by itself: `to` where, `every` so many seconds. `last` is when the newest
 * good one was made, `position` where it ends, if this server made it, and `took` how many seconds that
 * took. `failures` since the start; `error`: why the newest try failed, if it did.
 */
export type BackupState = {
  readonly to: string
  readonly every: number
  readonly last: number | null
  readonly position: number | null
  readonly took: number | null
  readonly made: number
  readonly failures: number
  readonly error: string | null
}

/** By account id. A page is about so many accounts, of which each may be banned, muted, or both. */
export type BanList = {
  readonly bans: readonly Restriction[]
  readonly mutes: readonly Restriction[]
  readonly next: string | null
}

export type BanMember = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
  /** 1 to 316,224,000 */
  readonly for?: number | null
}

export type BearerToken = {
  readonly token: string
  readonly expires_at: number
}

export type BeginIdentity = {
  /** 1 to 256 characters */
  readonly password?: string | null
}

export type BeginImport = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 32 characters */
  readonly format: string
  /** at most 200 characters */
  readonly source: string
}

export type BeginPasskey = {
  /** 1 to 256 characters */
  readonly password?: string | null
  /** 1 to 253 characters */
  readonly host?: string | null
}

export type BeginPasskeySignIn = {
  /** 1 to 253 characters */
  readonly host?: string | null
}

export type BeginTotp = {
  /** 1 to 256 characters */
  readonly password: string
}

/** How many things of each kind an account has. */
export type Belongings = {
  readonly messages: number
  readonly spaces: number
  readonly rooms: number
  readonly bookmarks: number
  readonly drafts: number
  readonly scheduled: number
  readonly devices: number
  readonly bots: number
}

export type Block = {
  readonly account: string
  readonly at: number
}

/** By account id. `next` is the `after` of the following page, null at the end. */
export type BlockPage = {
  readonly blocks: readonly Block[]
  readonly next: string | null
}

export type Blocked = {
  readonly account?: string
}

export type Bookmark = {
  readonly room: string
  readonly seq: number
  readonly note: string | null
  readonly at: number
  readonly message: Message
}

export type BookmarkAdded = {
  readonly room: string
  readonly seq: number
  readonly note?: string
}

/** The newest first. `next` is the `after` of the following page, null at the end. */
export type BookmarkPage = {
  readonly bookmarks: readonly Bookmark[]
  readonly next: string | null
}

export type Bot = {
  readonly account: string
  readonly name: string
  readonly display_name: string
  readonly scopes: readonly Scope[]
  readonly created_at: number
}

/** The token is shown this once. */
export type BotCreated = {
  readonly account: Account
  readonly token: string
  readonly expires_at: number
}

export type BotDeleted = {
  readonly bot: string
}

export type BotList = {
  readonly bots: readonly Bot[]
}

export type BotScopes = {
  readonly bot: string
  readonly scopes: readonly Scope[]
}

export type CancelErasure = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type ChangePassword = {
  /** 1 to 256 characters */
  readonly old: string
  /** 1 to 256 characters */
  readonly new: string
}

export type CheckInvite = {
  /** 1 to 4,096 characters */
  readonly code: string
}

export type CheckServer = Readonly<Record<string, never>>

/**
 * `away`: a node that belongs to the cluster and is not heard. `lag`: messages of the stream that it has
 * not applied. `level`: of what it can read; `version` of chatd; `url` for clients.
 */
export type ClusterNode = {
  readonly name: string
  readonly here: boolean
  readonly state: 'away' | 'cut_off' | 'leaving' | 'serving'
  readonly sequence: number
  readonly lag: number
  readonly level: number
  readonly version: string
  readonly url: string
}

/** A NATS server that keeps the stream. `current`: it has everything. */
export type ClusterReplica = {
  readonly server: string
  readonly leader: boolean
  readonly current: boolean
}

/**
 * `leader` is the node whose workers run; `level` what all nodes can read; `key`: how often the cluster's
 * key has been changed. `problems`: sentences for the admin.
 */
export type ClusterStatus = {
  readonly name: string
  readonly node: string
  readonly leader: string
  readonly level: number
  readonly key: number
  readonly nodes: readonly ClusterNode[]
  readonly stream: ClusterStream
  readonly problems: readonly string[]
}

/** Messages from `first` to `last`, `bytes` in all. */
export type ClusterStream = {
  readonly messages: number
  readonly bytes: number
  readonly first: number
  readonly last: number
  readonly replicas: readonly ClusterReplica[]
}

/** `last_*` of the newest commit, means over all. */
export type CommitCounts = {
  readonly count: number
  readonly failed: number
  readonly facts: number
  readonly last_batch: number
  readonly mean_batch: number
  readonly last_ms: number
  readonly mean_ms: number
  readonly waiting: number
}

export type CompactServer = Readonly<Record<string, never>>

/** `server.compact` that is under way: at which `step`, and how much of it is done. */
export type Compacting = {
  readonly step: 'clearing' | 'copying' | 'reading' | 'shrinking'
  readonly percent: number
}

export type ConfirmTotp = {
  /** 1 to 64 characters */
  readonly code: string
}

export type CountOldMessages = {
  /** 0 to 36,500 */
  readonly keep_days: number
  /** 1 to 64 characters */
  readonly space?: string | null
  /** 1 to 64 characters */
  readonly room?: string | null
  /** default false */
  readonly hold_ends?: boolean
}

export type CreateAccount = {
  /** 2 to 32 characters */
  readonly name: string
  /** 1 to 256 characters */
  readonly password?: string | null
  /** 1 to 80 characters; one line with something to see in it */
  readonly display_name?: string | null
  /** default false */
  readonly admin?: boolean
}

/**
 * `path` is a new file; or a repository: a folder that exists, a path that ends with `/`, or
 * `s3://BUCKET/PREFIX`. A backup in a repository is encrypted to the `recipients`, if there are any: public
 * keys of age or SSH.
 */
export type CreateBackup = {
  /** 1 to 4,096 characters */
  readonly path: string
  /** at most 32 entries */
  readonly recipients?: readonly string[]
}

export type CreateBot = {
  /** 2 to 32 characters */
  readonly name: string
  /** at most 6 entries */
  readonly scopes: readonly Scope[]
  /** 1 to 80 characters; one line with something to see in it */
  readonly display_name?: string | null
  /** 1 to 64 characters */
  readonly owner?: string | null
}

export type CreateInvite = {
  /** 1 to 64 characters */
  readonly space: string
  /** default "member" */
  readonly role?: GrantedRole
  /** 1 to 100,000 */
  readonly max_uses?: number | null
  /** 1 to 316,224,000 */
  readonly expires_in?: number | null
}

export type CreateRoom = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly name: string
  /** default "text" */
  readonly kind?: RoomKind
  /** default false */
  readonly private?: boolean
  /** 0 to 1,000 characters; one line, or empty */
  readonly topic?: string | null
}

export type CreateSpace = {
  /** 1 to 80 characters; one line with something to see in it */
  readonly name: string
  /** 0 to 1,000 characters; some text, or empty */
  readonly description?: string | null
  /** 0 to 500 characters; the id of a file, or a web address, or empty */
  readonly icon?: string | null
  /** 1 to 64 characters */
  readonly owner?: string | null
}

/**
 * The last event that a client has applied: its position, the epoch of its log, and its hash.
 *
 * The hash stands for the event and all before it. Without one the server cannot tell whether it still has
 * the events that the client has, or others in their places.
 */
export type Cursor = {
  /** 1 to 64 characters */
  readonly epoch: string
  readonly position: number
  readonly hash?: string | null
}

export type CustomEmoji = {
  readonly name: string
  readonly image: string
  readonly by: string
  readonly at: number
}

export type DatabaseCompacted = {
  readonly before: number
  readonly after: number
}

export type DeclineDirect = {
  /** 1 to 64 characters */
  readonly room: string
}

export type DeleteAccount = {
  /** 1 to 256 characters */
  readonly password?: string | null
}

export type DeleteBot = {
  /** 1 to 64 characters */
  readonly account: string
}

export type DeleteFile = {
  /** 1 to 64 characters */
  readonly file: string
}

export type DeleteMessage = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type DeleteRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type DeleteSpace = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

/**
 * `last_seen`: when it last took new tokens, null for a bearer token; `current` is the one that asks.
 *
 * `connected` says whether it has a connection now.
 */
export type Device = {
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly expires_at: number
  readonly last_seen: number | null
  readonly current: boolean
  readonly connected: boolean
}

/** The oldest first. */
export type DeviceList = {
  readonly devices: readonly Device[]
  readonly next: string | null
}

/** By room id. `next` is the `after` of the following page, null at the end. */
export type DirectPage = {
  readonly rooms: readonly OwnRoom[]
  readonly next: string | null
}

export type DisableAccount = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

/**
 * What was found about a topic, in a sentence, and the `remedy`, unless all is fine. `look`: it is not
 * wrong, but perhaps not what was meant.
 */
export type DoctorCheck = {
  readonly topic: string
  readonly state: 'fine' | 'look' | 'wrong'
  readonly says: string
  readonly remedy: string | null
}

/** The result of a command that has nothing to tell: `{}`. */
export type Done = Readonly<Record<string, never>>

/** `thread` is the seq of the thread's root, or null. */
export type Draft = {
  readonly room: string
  readonly thread: number | null
  readonly text: string
  readonly at: number
}

/** The newest first. */
export type DraftList = {
  readonly drafts: readonly Draft[]
}

export type DraftSet = {
  readonly room: string
  readonly thread: number | null
  readonly text: string
  readonly at: number
  readonly base?: number
}

export type EditMessage = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 0 to 10,000 characters; with something to see in it, or empty */
  readonly text: string
}

export type EmojiAdded = {
  readonly name: string
  readonly image: string
  readonly imported?: string
}

/** By name. */
export type EmojiList = {
  readonly emoji: readonly CustomEmoji[]
}

/** `made`: the space had none of this name. */
export type EmojiMade = {
  readonly made: boolean
}

export type EmojiRemoved = {
  readonly name: string
  readonly imported?: string
}

export type EnableAccount = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type EraseAccount = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
  /** default false */
  readonly dry_run?: boolean
}

export type EraseMessages = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
  /** default false */
  readonly dry_run?: boolean
}

/** `done` is false when it was a dry run, or when the deletion goes on. */
export type Erased = {
  readonly done: boolean
  readonly erased: Belongings
}

/** An order that was not carried out yet; `by` whom, and why. */
export type Erasure = {
  readonly account: string
  readonly by: string
  readonly reason: string | null
  readonly ordered_at: number
  readonly due_at: number
}

export type ErasureList = {
  readonly erasures: readonly Erasure[]
  readonly next: string | null
}

export type ErasureOrdered = {
  readonly account: string
  readonly due_at: number
  readonly reason?: string
}

/** An event as it is sent to clients; `chatd.contract.events` says what `data` holds. */
export type EventFrame = {
  readonly event: string
  readonly stream: string
  readonly seq: number
  readonly position: number
  readonly hash: string
  readonly at: number
  readonly by: string
  readonly data: Readonly<Record<string, unknown>>
}

/** `position` is the `after` of the following page, `hash` its `hash`. */
export type EventPage = {
  readonly events: readonly EventFrame[]
  readonly position: number
  readonly hash: string
}

export type ExchangeCode = {
  /** 1 to 4,096 characters */
  readonly code: string
  /** 1 to 4,096 characters */
  readonly verifier?: string | null
  /** 0 to 80 characters; one line, or empty */
  readonly device?: string | null
}

export type ExplainAccess = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 64 characters */
  readonly room: string
}

export type ExportAccount = {
  /** 1 to 64 characters */
  readonly account?: string | null
  /** 1 to 4,096 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

/** `data` is the thing as the server stores it, by `kind`. */
export type ExportItem = {
  readonly kind: ExportKind
  readonly data: Readonly<Record<string, unknown>>
}

export type ExportPage = {
  readonly items: readonly ExportItem[]
  readonly next: string | null
}

export type ExportRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 4,096 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ExportSpace = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 4,096 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type FileAdded = {
  readonly file: string
  readonly type: string
  readonly size: number
  readonly name?: string
  readonly width?: number
  readonly height?: number
  readonly hash?: string
  readonly preview_hash?: string
  readonly imported?: boolean
}

/**
 * A file as clients show it.
 *
 * `url` is a path on this server, which takes the caller's token. `type` is the media type (RFC 6838) that
 * the bytes have, not the one that the uploader claimed; `size` counts bytes. `width` and `height` are
 * pixels of a picture as it is shown, null of anything else. `preview` is the path of a smaller picture of
 * it, null where there is none.
 */
export type FileInfo = {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly url: string
  readonly width: number | null
  readonly height: number | null
  readonly preview: string | null
}

/** `url` is a path on this server, which takes no token. */
export type FileLink = {
  readonly url: string
  readonly expires_at: number
}

/** The newest first. */
export type FilePage = {
  readonly files: readonly OwnFile[]
  readonly next: string | null
}

export type FileResult = {
  readonly file: FileInfo
}

/**
 * `bytes` are of all files that are not deleted, `uploads` of this day, which ends at `day_ends_at`; both
 * with those of the account's bots. `largest` is the size that a file may have, in bytes.
 */
export type FileUsage = {
  readonly bytes: Used
  readonly uploads: Used
  readonly largest: number
  readonly day_ends_at: number
}

export type FindImported = {
  /** 1 to 64 characters */
  readonly import: string
  /** 1 to 64 characters */
  readonly room: string
  /** at most 500 entries */
  readonly keys: readonly string[]
}

export type FinishImport = {
  /** 1 to 64 characters */
  readonly import: string
}

export type FollowThread = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

/**
 * Who follows the log: a view, the notifier. The scheduler follows the clock instead: it has no
 * `position`, and `late_ms` says how long what is due has waited. `error` is what keeps it from going on, or
 * null.
 */
export type FollowerLoad = {
  readonly name: string
  readonly position: number | null
  readonly head: number
  readonly lag: number
  readonly late_ms: number
  readonly restarts: number
  readonly error: string | null
}

/**
 * The keys of those that were imported before; of these, `bare` ones have no files and are not
 * deleted.
 */
export type FoundMessages = {
  readonly keys: readonly string[]
  readonly bare: readonly string[]
}

/** Takes exactly one of both. */
export type GetAccount = {
  /** 1 to 64 characters */
  readonly account?: string | null
  /** 1 to 80 characters */
  readonly name?: string | null
}

export type GetClusterStatus = Readonly<Record<string, never>>

export type GetFile = {
  /** 1 to 64 characters */
  readonly file: string
}

export type GetFileUsage = Readonly<Record<string, never>>

export type GetMessage = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type GetPreferences = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type GetProvider = Readonly<Record<string, never>>

export type GetPushKey = Readonly<Record<string, never>>

export type GetQuota = {
  /** 1 to 64 characters */
  readonly account: string
}

export type GetRoom = {
  /** 1 to 64 characters */
  readonly room: string
}

export type GetServerAbout = Readonly<Record<string, never>>

export type GetServerFollowers = Readonly<Record<string, never>>

export type GetServerSessions = Readonly<Record<string, never>>

export type GetServerStatus = Readonly<Record<string, never>>

export type GetServerStreams = {
  readonly kind?: 'account' | 'room' | 'server' | 'space' | null
  /** 1 to 80 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type GetServerTop = Readonly<Record<string, never>>

export type GetSpace = {
  /** 1 to 64 characters */
  readonly space: string
}

export type GetTotp = Readonly<Record<string, never>>

export type HoldSet = {
  readonly hold: boolean
  readonly reason?: string
}

export type Identity = {
  readonly issuer: string
  readonly subject: string
  readonly at: number
}

/** Where a browser begins to link an identity; works once, for a minute. */
export type IdentityLink = {
  readonly url: string
}

/** The oldest first. */
export type IdentityList = {
  readonly identities: readonly Identity[]
}

/** Where a browser begins to sign in, and what the button says. */
export type IdentityProvider = {
  readonly name: string
  readonly url: string
}

export type IdentityResult = {
  readonly identity: Identity
}

/**
 * `by` whom; `people` and `rooms` are those that it made, `messages` those that it brought and that are
 * not deleted.
 */
export type Import = {
  readonly id: string
  readonly space: string
  readonly format: string
  readonly source: string
  readonly by: string
  readonly begun_at: number
  readonly finished_at: number | null
  readonly undone_at: number | null
  readonly people: number
  readonly rooms: number
  readonly messages: number
}

export type ImportBegun = {
  readonly import: string
  readonly format: string
  readonly source: string
}

export type ImportList = {
  readonly imports: readonly Import[]
  readonly next: string | null
}

/**
 * `thread` and `reply_to` are keys of messages of the room that were added before. `versions` are earlier
 * texts, the oldest first. `deleted`: only that it was there is known.
 */
export type ImportMessage = {
  /** 1 to 200 characters */
  readonly key: string
  /** 1 to 64 characters */
  readonly by: string
  readonly at: number
  /** 0 to 10,000 characters; with something to see in it, or empty */
  readonly text: string
  /** 1 to 200 characters */
  readonly thread?: string | null
  /** 1 to 200 characters */
  readonly reply_to?: string | null
  readonly edited_at?: number | null
  /** at most 50 entries */
  readonly versions?: readonly ImportVersion[]
  /** default false */
  readonly deleted?: boolean
  /** 1 to 64 characters */
  readonly pinned_by?: string | null
  /** at most 500 entries */
  readonly reactions?: readonly ImportReaction[]
  /** at most 10 entries */
  readonly attachments?: readonly string[] | null
}

/**
 * `account`: the person is this one, who is here already; without it a placeholder is made that has
 * `name`, or one like it. `member`: it becomes a member of the space.
 */
export type ImportPerson = {
  /** 1 to 200 characters */
  readonly key: string
  /** 2 to 32 characters */
  readonly name: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly display_name?: string | null
  /** 1 to 64 characters */
  readonly account?: string | null
  /** default true */
  readonly member?: boolean
}

export type ImportReaction = {
  /** 1 to 64 characters */
  readonly by: string
  /** 1 to 64 characters */
  readonly emoji: string
}

/** `import`: its id. */
export type ImportResult = {
  readonly import: string
}

/**
 * `members` are accounts; of a `direct` room the people that it is for, at least two. `room`: it is this
 * one, which is here already. Where a room of the space has the name, the new one is called something like
 * it.
 */
export type ImportRoom = {
  /** 1 to 200 characters */
  readonly key: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly name: string
  readonly kind: 'direct' | 'private' | 'public'
  /** 0 to 1,000 characters; one line, or empty */
  readonly topic?: string | null
  /** default false */
  readonly archived?: boolean
  readonly created_at?: number | null
  /** at most 10,000 entries */
  readonly members?: readonly string[]
  /** 1 to 64 characters */
  readonly room?: string | null
}

/**
 * How many messages this call erased. `done`: nothing is left of the import but what people use, which is
 * counted then: rooms and accounts that it made, memberships that it gave to others, custom emoji.
 * `stays_with`: another import of the same source, with which memberships and custom emoji stay.
 */
export type ImportUndone = {
  readonly erased: number
  readonly done: boolean
  readonly rooms_left: number
  readonly people_left: number
  readonly members_left: number
  readonly emoji_left: number
  readonly stays_with: string | null
}

export type ImportVersion = {
  /** 0 to 10,000 characters; with something to see in it, or empty */
  readonly text: string
  readonly at: number
}

/**
 * How many messages were added, changed, deleted, and already as they are; reactions and pins that were
 * added or could not be; messages whose `thread` or `reply_to` is not in the room: they stand alone; and
 * added ones from later than the server's clock, whose time is that of the clock.
 */
export type ImportedMessages = {
  readonly added: number
  readonly edited: number
  readonly deleted: number
  readonly unchanged: number
  readonly reactions: number
  readonly dropped: number
  readonly missing_roots: number
  readonly future: number
}

export type ImportedPeople = {
  readonly people: readonly ImportedPerson[]
}

/** `made`: by this request. */
export type ImportedPerson = {
  readonly key: string
  readonly account: string
  readonly name: string
  readonly made: boolean
}

/**
 * `own`: an import made it for this room of the export. Where not, others may have the same keys for
 * messages that are there. `deleted`: somebody deleted it here, and it takes no messages.
 */
export type ImportedRoom = {
  readonly key: string
  readonly room: string
  readonly name: string
  readonly made: boolean
  readonly own: boolean
  readonly deleted: boolean
}

export type ImportedRooms = {
  readonly rooms: readonly ImportedRoom[]
}

/** `usable`: whether the code lets somebody in at present. */
export type InviteChecked = {
  readonly usable: boolean
}

export type InviteCreated = {
  readonly invite: string
  readonly role: Role
  readonly max_uses?: number
  readonly expires_at?: number
}

/** The oldest first. */
export type InviteList = {
  readonly invites: readonly ListedInvite[]
  readonly next: string | null
}

export type InviteResult = {
  readonly invite: NewInvite
}

export type InviteRevoked = {
  readonly invite: string
}

export type InviteToRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 64 characters */
  readonly account: string
}

export type IssueBotToken = {
  /** 1 to 64 characters */
  readonly account: string
}

export type IssueToken = {
  /** 1 to 64 characters */
  readonly account: string
  /** 0 to 80 characters; one line, or empty */
  readonly name?: string | null
  /** 1 to 316,224,000 */
  readonly expires_in?: number | null
}

export type JoinRoom = {
  /** 1 to 64 characters */
  readonly room: string
}

export type Joined = {
  readonly account: string
  readonly at: number
}

export type JoinedRoom = {
  readonly account: string
  readonly space?: string
  readonly entry?: number | null
  readonly imported?: string
}

export type JoinedSpace = {
  readonly account: string
  readonly role: Role
  readonly invite?: string
  readonly owner?: string
  readonly imported?: string
}

export type KickMember = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type LeaveDirect = {
  /** 1 to 64 characters */
  readonly room: string
}

export type LeaveRoom = {
  /** 1 to 64 characters */
  readonly room: string
}

export type LeaveSpace = {
  /** 1 to 64 characters */
  readonly space: string
}

export type Left = {
  readonly account: string
  readonly imported?: string
}

/**
 * What a client must know beforehand. Sizes in bytes, texts in characters; rates are null when off.
 *
 * `rate` holds for each connection, from its first request on. `rates` holds for an account with all its
 * sessions together (`post`, `write`, `query`, `signal`, `open`), and for one network address (`refresh`,
 * `sign_in`, `sign_up`). All bots of an account together have rates of their own, which they are told.
 */
export type Limits = {
  readonly frame: number
  readonly message: number
  readonly frames: number
  readonly text: number
  readonly page: number
  readonly open_requests: number
  readonly scheduled: number
  readonly drafts: number
  readonly rate: RateLimit | null
  readonly rates: Readonly<Partial<Record<RateClass, RateLimit>>> | null
  readonly quotas: Quotas | null
}

export type ListAccess = {
  /** 1 to 64 characters */
  readonly room: string
  readonly at?: number | null
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListAccountDevices = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListAccounts = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 80 characters */
  readonly name?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListAudit = {
  /** 1 to 64 characters */
  readonly space?: string | null
  /** 1 to 64 characters */
  readonly by?: string | null
  /** 1 to 64 characters */
  readonly account?: string | null
  /** 3 to 64 characters */
  readonly type?: string | null
  readonly before?: number | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListBans = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListBlocks = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListBookmarks = {
  /** at most 80 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListBots = {
  /** 1 to 64 characters */
  readonly owner?: string | null
}

export type ListDevices = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListDirects = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListDrafts = Readonly<Record<string, never>>

export type ListEdits = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListEmoji = {
  /** 1 to 64 characters */
  readonly space: string
}

export type ListErasures = {
  /** 1 to 64 characters */
  readonly space: string
  /** at most 80 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListEvents = {
  readonly after?: number | null
  /** 1 to 80 characters */
  readonly stream?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
  readonly wait?: number | null
  readonly hash?: string | null
}

export type ListFiles = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListIdentities = Readonly<Record<string, never>>

export type ListImportPeople = {
  /** 1 to 64 characters */
  readonly import: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListImports = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListInvites = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
  /** default false */
  readonly all?: boolean
}

export type ListNotifications = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** default false */
  readonly unread?: boolean
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListPasskeys = Readonly<Record<string, never>>

export type ListPins = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListPreserved = {
  /** 1 to 64 characters */
  readonly room: string
  readonly after?: number | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListProfiles = {
  /** 1 to 100 entries */
  readonly accounts: readonly string[]
}

export type ListPushes = Readonly<Record<string, never>>

export type ListReactions = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 1 to 64 characters */
  readonly emoji: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListReceipts = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type ListReports = {
  /** 1 to 64 characters */
  readonly space?: string | null
  /** default true */
  readonly open?: boolean
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListRoomMembers = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListRooms = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListScheduled = Readonly<Record<string, never>>

export type ListSpaceMembers = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

export type ListSpaces = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListUnread = {
  /** 1 to 64 characters */
  readonly after?: string | null
  /** 1 to 500; default 500 */
  readonly limit?: number
}

export type ListViews = Readonly<Record<string, never>>

/** `joined`: the newest 100 accounts that it let in, newest first. `ended`: it expired or is used up. */
export type ListedInvite = {
  readonly id: string
  readonly role: Role
  readonly max_uses: number | null
  readonly uses: number
  readonly expires_at: number | null
  readonly by: string
  readonly joined: readonly Joined[]
  readonly ended: boolean
}

/** `member`: whether the caller is one. */
export type ListedRoom = {
  readonly id: string
  readonly space: string | null
  readonly name: string
  readonly kind: AnyRoomKind
  readonly private: boolean
  readonly topic: string | null
  readonly archived: boolean
  readonly locked: boolean
  readonly slow_mode: number
  readonly keep_days: number | null
  readonly hold: boolean
  readonly created_at: number
  readonly head: number
  readonly accounts?: readonly string[]
  readonly disabled?: readonly string[]
  readonly member: boolean
}

export type LockRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type LockSpace = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type MakeRecoveryLink = {
  /** 1 to 64 characters */
  readonly account: string
}

export type MarkRead = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type MarkUnread = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

/**
 * A member of a space or room; `role` is the one that it was given in the space.
 *
 * `disabled`: its account is disabled, or that of a bot's owner; nobody reaches it.
 */
export type Member = {
  readonly account: string
  readonly name: string
  readonly display_name: string
  readonly role: Role | null
  readonly joined_at: number
  readonly bot: boolean
  readonly disabled: boolean
}

/** By account id. `next` is the `after` of the following page, null at the end. */
export type MemberPage = {
  readonly members: readonly Member[]
  readonly next: string | null
}

/**
 * A message as it reads now. `text` is null when it was deleted.
 *
 * `mentions` are ids of accounts, and `here` and `room` where the text calls them (then also the ids of whom
 * `@here` meant). `reactions` stand in the order in which each was first added. `thread` is null without
 * replies; deleted replies do not count. `attachments` are the ids of the files that it was posted with, and
 * `files` says what is known of those that were not deleted since.
 */
export type Message = {
  readonly seq: number
  readonly position: number
  readonly at: number
  readonly by: string
  readonly text: string | null
  readonly nonce: string | null
  readonly reply_to: number | null
  readonly attachments: readonly string[]
  readonly files: readonly FileInfo[]
  readonly mentions: readonly string[]
  readonly reactions: readonly Reaction[]
  readonly edited_at: number | null
  readonly expires_at: number | null
  readonly deleted: boolean
  readonly pinned: boolean
  readonly thread: ThreadSummary | null
}

export type MessageDeleted = {
  readonly seq: number
  readonly author: string
  readonly expired?: boolean
  readonly retention?: boolean
  readonly reason?: string
  readonly key?: string
}

export type MessageEdited = {
  readonly seq: number
  readonly text?: string
  readonly mentions?: readonly string[]
  readonly imported?: string
}

/** What will be erased, in all and by room; `due_at` that time, if anything was ordered. */
export type MessageErasure = {
  readonly messages: number
  readonly rooms: readonly RoomMessages[]
  readonly due_at?: number
}

export type MessageOfRoom = {
  readonly room: string
  readonly seq: number
}

/** The oldest first. Only `more_before` and `more_after` say whether there is more. */
export type MessagePage = {
  readonly messages: readonly Message[]
  readonly more_before: boolean
  readonly more_after: boolean
}

export type MessagePosted = {
  readonly text?: string
  readonly nonce?: string
  readonly reply_to?: number
  readonly thread?: number
  readonly attachments?: readonly string[]
  readonly files?: readonly FileInfo[]
  readonly mentions?: readonly string[]
  readonly expires_at?: number
  readonly edited_at?: number
  readonly imported?: string
  readonly key?: string
}

export type MessageReported = {
  readonly report: string
  readonly space?: string
  readonly room: string
  readonly seq: number
  readonly reason?: string
}

export type MessageResult = {
  readonly message: Message
}

export type MessageVersion = {
  readonly at: number
  readonly by: string
  readonly text: string
}

/** The oldest first; none of a deleted message. */
export type MessageVersions = {
  readonly versions: readonly MessageVersion[]
  readonly next: string | null
}

export type MuteMember = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
  /** 1 to 316,224,000 */
  readonly for?: number | null
}

/** The code is shown this once. */
export type NewInvite = {
  readonly id: string
  readonly role: Role
  readonly max_uses: number | null
  readonly uses: number
  readonly expires_at: number | null
  readonly by: string
  readonly code: string
}

export type Nothing = Readonly<Record<string, never>>

/**
 * `from` is the author of the message, `quiet`: a client makes no sound. `seq` is null where `kind` is
 * `scheduled`, and `scheduled` and `reason` only there are not.
 */
export type Notification = {
  readonly id: string
  readonly kind: NotificationKind
  readonly room: string
  readonly seq: number | null
  readonly from: string
  readonly at: number
  readonly quiet: boolean
  readonly read: boolean
  readonly scheduled: string | null
  readonly reason: string | null
}

export type NotificationCreated = {
  readonly notification: string
  readonly kind: NotificationKind
  readonly room: string
  readonly seq?: number
  readonly from: string
  readonly source?: number
  readonly quiet?: boolean
  readonly scheduled?: string
  readonly reason?: string
}

/** The newest first. `next` is the `after` of the following page; `unread` counts all unread ones. */
export type NotificationPage = {
  readonly notifications: readonly Notification[]
  readonly next: string | null
  readonly unread: number
}

export type NotificationRead = {
  readonly ids: readonly string[]
}

/**
 * `oldest`: when the oldest of them was written. `preserved`: how many of the deleted
 * ones that a hold preserves go besides when it ends.
 */
export type OldMessages = {
  readonly messages: number
  readonly oldest: number | null
  readonly preserved: number
}

export type OpenDirect = {
  /** at most 10 entries */
  readonly accounts: readonly string[]
}

export type OpenSession = {
  /** 1 to 4,096 characters */
  readonly token?: string | null
  readonly cursor?: Cursor | null
}

export type OverrideChanged = {
  readonly right: ShowingRight
  readonly allow: boolean | null
  readonly role?: BoundRole
  readonly account?: string
  readonly entry?: number | null
  readonly reason?: string
}

/** Empty when the override was set. A dry run names the accounts that gain and lose the right. */
export type OverrideSet = {
  readonly right?: ShowingRight
  readonly gains?: readonly string[]
  readonly loses?: readonly string[]
}

/**
 * `at` is when it was uploaded; `held`: a message, or a picture of an account, a space or an emoji, has
 * it.
 */
export type OwnFile = {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly url: string
  readonly width: number | null
  readonly height: number | null
  readonly preview: string | null
  readonly at: number
  readonly held: boolean
}

/**
 * A room that the caller is in. `role` is the caller's in the space, null in a direct room.
 *
 * `read` is the caller's read marker; `unread`, `mentions` and `first_unread` are as in `unread.list`.
 * Only a direct room has `request`: see `direct.list`.
 */
export type OwnRoom = {
  readonly id: string
  readonly space: string | null
  readonly name: string
  readonly kind: AnyRoomKind
  readonly private: boolean
  readonly topic: string | null
  readonly archived: boolean
  readonly locked: boolean
  readonly slow_mode: number
  readonly keep_days: number | null
  readonly hold: boolean
  readonly created_at: number
  readonly head: number
  readonly accounts?: readonly string[]
  readonly disabled?: readonly string[]
  readonly read: number
  readonly unread: number
  readonly mentions: number
  readonly first_unread: number | null
  readonly role: Role | null
  readonly request?: boolean
}

/** A space of the caller's, with the caller's role. An operator sees all spaces, without a role. */
export type OwnSpace = {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly icon: string | null
  readonly owner: string | null
  readonly locked: boolean
  readonly keep_days: number
  readonly hold: boolean
  readonly created_at: number
  readonly role?: Role
}

/** `rp`: the name of the server that it is good under; `used_at` is null until it signed in. */
export type Passkey = {
  readonly id: string
  readonly name: string
  readonly rp: string
  readonly created_at: number
  readonly used_at: number | null
}

/**
 * For `navigator.credentials.create`: `rp` and `rp_name` are the relying party, `user` the handle of the
 * account, `algorithms` numbers of COSE, `exclude` the credentials that the account has already. `user`,
 * `challenge` and `exclude` are base64url. It is good for `expires_in` seconds, once.
 */
export type PasskeyBegun = {
  readonly ceremony: string
  readonly rp: string
  readonly rp_name: string
  readonly user: string
  readonly challenge: string
  readonly algorithms: readonly number[]
  readonly exclude: readonly string[]
  readonly expires_in: number
}

/** For `navigator.credentials.get`: `challenge` is base64url, and good for `expires_in` seconds, once. */
export type PasskeyChallenge = {
  readonly ceremony: string
  readonly rp: string
  readonly challenge: string
  readonly expires_in: number
}

/** The oldest first. */
export type PasskeyList = {
  readonly passkeys: readonly Passkey[]
}

/** What `navigator.credentials.get` gave, each as base64url; `ceremony` of `account.passkey_begin`. */
export type PasskeyProof = {
  /** 1 to 128 characters */
  readonly ceremony: string
  /** 1 to 4,096 characters */
  readonly credential: string
  /** 1 to 4,096 characters */
  readonly client_data: string
  /** 1 to 4,096 characters */
  readonly authenticator_data: string
  /** 1 to 4,096 characters */
  readonly signature: string
}

export type PasskeyResult = {
  readonly passkey: Passkey
}

export type PasskeySignIn = {
  /** 1 to 128 characters */
  readonly ceremony: string
  /** 1 to 4,096 characters */
  readonly credential: string
  /** 1 to 4,096 characters */
  readonly client_data: string
  /** 1 to 4,096 characters */
  readonly authenticator_data: string
  /** 1 to 4,096 characters */
  readonly signature: string
  /** 0 to 80 characters; one line, or empty */
  readonly device?: string | null
}

export type PeopleMade = {
  readonly people: readonly PersonMade[]
  readonly next: string | null
}

/** An account that an import made; `placeholder`: nobody has claimed it yet. */
export type PersonMade = {
  readonly account: string
  readonly name: string
  readonly display_name: string
  readonly placeholder: boolean
}

export type Pin = {
  readonly seq: number
  readonly by: string
  readonly at: number
  readonly message: Message
}

/** The newest pin first. */
export type PinList = {
  readonly pins: readonly Pin[]
  readonly next: string | null
}

/** What was written up to `position`, the place of the event with which the export began. */
export type PlaceExport = {
  readonly items: readonly PlaceItem[]
  readonly position: number
  readonly next: string | null
}

/** `data` names its `room` or `space`, and what it is about there. */
export type PlaceItem = {
  readonly kind: 'author' | 'edit' | 'emoji' | 'member' | 'message' | 'pin' | 'reaction' | 'room' | 'space'
  readonly data: Readonly<Record<string, unknown>>
}

export type PostMessage = {
  /** 1 to 64 characters */
  readonly room: string
  /** 0 to 10,000 characters; with something to see in it, or empty */
  readonly text: string
  /** 1 to 64 characters */
  readonly nonce?: string | null
  readonly reply_to?: number | null
  /** 1 to 316,224,000 */
  readonly expires_in?: number | null
  /** at most 10 entries */
  readonly attachments?: readonly string[] | null
}

export type Posted = {
  readonly seq: number
  readonly position: number
  readonly at: number
}

/** `quiet_from` and `quiet_to` are minutes from midnight in `time_zone`. The lists are empty until set. */
export type Preferences = {
  readonly quiet_from: number | null
  readonly quiet_to: number | null
  readonly time_zone: string | null
  readonly receipts: boolean
  readonly favourites: readonly string[]
  readonly space_order: readonly string[]
  readonly room_order: readonly string[]
  readonly quick_reactions: readonly string[]
  readonly push_preview: boolean
}

/** The subscriptions come in pages, by room id; the preferences with each of them. */
export type PreferencesResult = {
  readonly preferences: Preferences
  readonly subscriptions: readonly Subscription[]
  readonly next: string | null
}

export type PreferencesUpdated = {
  readonly quiet_from?: number
  readonly quiet_to?: number
  readonly time_zone?: string
  readonly receipts?: boolean
  readonly favourites?: readonly string[]
  readonly space_order?: readonly string[]
  readonly room_order?: readonly string[]
  readonly quick_reactions?: readonly string[]
  readonly push_preview?: boolean
}

export type PresenceChanged = {
  readonly state: ShownPresence
  readonly last_seen: number | null
}

/** Of the accounts that the caller may see. */
export type PresenceList = {
  readonly presences: readonly AccountPresence[]
}

/** `texts`: all versions, the first one first. `deleted_by`: `system` when its time was over. */
export type PreservedMessage = {
  readonly seq: number
  readonly at: number
  readonly by: string
  readonly texts: readonly string[]
  readonly files: readonly FileInfo[]
  readonly deleted_at: number
  readonly deleted_by: string
}

/** `next`: ask again after this one; null: there are no more. */
export type PreservedPage = {
  readonly messages: readonly PreservedMessage[]
  readonly next: number | null
}

/** `disabled`: its account is disabled, or that of a bot's owner; nobody reaches it. */
export type Profile = {
  readonly account: string
  readonly name: string
  readonly display_name: string
  readonly about: string | null
  readonly avatar: string | null
  readonly bot: boolean
  readonly disabled: boolean
  readonly deleted: boolean
}

/** By account id. */
export type ProfileList = {
  readonly profiles: readonly Profile[]
}

export type ProviderResult = {
  readonly provider: IdentityProvider | null
}

export type PublicRoomCreated = {
  readonly room: string
  readonly name: string
  readonly kind: RoomKind
  readonly topic?: string
}

/** `key` is the server's public key (65 bytes in base64url), the `applicationServerKey` of a browser. */
export type PushKey = {
  readonly key: string
}

/** As `PushSubscription.toJSON()` of a browser has them. */
export type PushKeys = {
  /** 65 bytes in base64url: a point of P-256, not compressed */
  readonly p256dh: string
  /** 16 bytes in base64url */
  readonly auth: string
}

/** `reason` says why, for people, where it is not `sent`. */
export type PushTested = {
  readonly outcome: 'failed' | 'gone' | 'refused' | 'sent'
  readonly reason: string | null
}

/** `service` is the host of the push service, `at` when the device subscribed last. */
export type PushedDevice = {
  readonly device: string
  readonly service: string
  readonly at: number
  readonly current: boolean
}

/** The newest first. */
export type PushedDevices = {
  readonly devices: readonly PushedDevice[]
}

export type QuotaResult = {
  readonly usage: Usage
}

/**
 * What one account may do, its bots included, beside its rates. A day begins at midnight UTC.
 *
 * `messages_per_day`, `bytes_per_day` (of everything that it adds to the log) and `reports_per_day` are
 * counted as they are written, `direct_rooms_per_day` are new ones of the last 24 hours. The others are
 * about what is there: `rooms` in a space that a member made, `rooms_in_space` whoever made them, `spaces`
 * that an account owns, `invites` of one maker in a space that can still be used, `versions` of a message,
 * `sessions` of an account at once (each bot's on its own), `connections` of one network address at once,
 * `stored_bytes` of all files that an account has uploaded. `uploads_per_day` are counted as they are
 * written.
 */
export type Quotas = {
  readonly messages_per_day: number
  readonly bytes_per_day: number
  readonly reports_per_day: number
  readonly direct_rooms_per_day: number
  readonly rooms: number
  readonly rooms_in_space: number
  readonly spaces: number
  readonly invites: number
  readonly versions: number
  readonly sessions: number
  readonly connections: number
  readonly stored_bytes: number
  readonly uploads_per_day: number
}

/** `burst` requests at once, `per_second` in the long run. */
export type RateLimit = {
  readonly per_second: number
  readonly burst: number
}

export type Reacted = {
  readonly seq: number
  readonly emoji: string
}

/** `accounts` are the first 100 of `count`. */
export type Reaction = {
  readonly emoji: string
  readonly count: number
  readonly accounts: readonly string[]
}

export type Reactor = {
  readonly account: string
  readonly name: string
  readonly display_name: string
}

/** By account id. `next` is the `after` of the following page, null at the end. */
export type ReactorPage = {
  readonly accounts: readonly Reactor[]
  readonly next: string | null
}

export type ReadMarked = {
  readonly seq: number
}

export type ReadNotifications = {
  /** 1 to 500 entries */
  readonly ids: readonly string[]
}

export type ReadReceipt = {
  readonly read: number
}

export type ReadReportContext = {
  /** 1 to 64 characters */
  readonly report: string
}

export type Reason = {
  readonly reason?: string
}

export type RebuildView = {
  /** at most 80 characters */
  readonly name: string
}

/** The first 100 accounts of each, and counts of all. */
export type Receipts = {
  readonly delivered: readonly string[]
  readonly read: readonly string[]
  readonly delivered_count: number
  readonly read_count: number
}

/** Shown this once. */
export type RecoveryCodes = {
  readonly recovery_codes: readonly string[]
}

/** A page that sets a new password. */
export type RecoveryLink = {
  readonly url: string
  readonly expires_at: number
}

export type Refresh = {
  /** 1 to 4,096 characters */
  readonly refresh_token: string
}

export type RemoveBlock = {
  /** 1 to 64 characters */
  readonly account: string
}

export type RemoveBookmark = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type RemoveEmoji = {
  /** 1 to 64 characters */
  readonly space: string
  /** 2 to 32 characters; of the letters a to z, digits, _, + and - */
  readonly name: string
}

export type RemoveFromRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type RemoveIdentity = {
  /** at most 500 characters */
  readonly issuer: string
  /** 1 to 255 characters */
  readonly subject: string
  /** 1 to 256 characters */
  readonly password?: string | null
}

export type RemoveNode = {
  /** 1 to 32 characters */
  readonly node: string
}

export type RemovePasskey = {
  /** 1 to 64 characters */
  readonly passkey: string
  /** 1 to 256 characters */
  readonly password?: string | null
}

export type RemovePin = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type RemoveReaction = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 1 to 64 characters */
  readonly emoji: string
}

export type RemoveTotp = {
  /** 1 to 256 characters */
  readonly password: string
  /** 1 to 64 characters */
  readonly code: string
}

export type RenameAccount = {
  /** 2 to 32 characters */
  readonly name: string
  /** 1 to 256 characters */
  readonly password?: string | null
}

export type RenamePasskey = {
  /** 1 to 64 characters */
  readonly passkey: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly name: string
}

/**
 * `message` is the reported message as it stands now, `text` what it said when it was reported; both are
 * null when it was erased since.
 */
export type Report = {
  readonly id: string
  readonly space: string | null
  readonly room: string
  readonly seq: number
  readonly by: string
  readonly reason: string | null
  readonly at: number
  readonly resolved_by: string | null
  readonly resolved_at: number | null
  readonly resolution: string | null
  readonly message: Message | null
  readonly text: string | null
}

/** `messages`: the reported one with some before and after it, oldest first. */
export type ReportContext = {
  readonly report: Report
  readonly messages: readonly Message[]
}

export type ReportMessage = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  /** 1 to 500 characters; some text */
  readonly reason: string
}

/** The oldest first. `next` is the `after` of the following page, null at the end. */
export type ReportPage = {
  readonly reports: readonly Report[]
  readonly next: string | null
}

export type ReportResolved = {
  readonly report: string
  readonly reason?: string
}

export type ResetPasskeys = {
  /** 1 to 64 characters */
  readonly account: string
}

export type ResetTotp = {
  /** 1 to 64 characters */
  readonly account: string
}

export type ResolveReport = {
  /** 1 to 64 characters */
  readonly report: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type Restricted = {
  readonly account: string
  readonly until?: number
  readonly reason?: string
}

/** A ban or a mute that has not ended. `until` is null when it does not end by itself. */
export type Restriction = {
  readonly account: string
  readonly until: number | null
  readonly by: string
  readonly at: number
  readonly reason: string | null
}

export type RetentionOfRoom = {
  readonly keep_days: number | null
  readonly reason?: string
}

export type RetentionOfSpace = {
  readonly keep_days: number
  readonly reason?: string
}

export type RevokeDevice = {
  /** 1 to 64 characters */
  readonly device: string
}

export type RevokeInvite = {
  /** 1 to 4,096 characters */
  readonly code: string
}

export type RevokeOtherDevices = Readonly<Record<string, never>>

/** Allows or denies a right in a room, to a role or to an account. */
export type RightOverride = {
  readonly right: ShowingRight
  readonly allow: boolean
  readonly role?: BoundRole
  readonly account?: string
}

export type RoleChanged = {
  readonly account: string
  readonly role: Role
  readonly before: Role
  readonly reason?: string
}

/** Empty when the role was set. A dry run names both roles, and the rights gained and lost. */
export type RoleSet = {
  readonly before?: Role
  readonly after?: Role
  readonly gains?: readonly Right[]
  readonly loses?: readonly Right[]
}

/**
 * `head` is the seq of the newest event.
 *
 * Messages are erased after `keep_days`; 0: never, null: as the space says. `hold`: a legal hold on this
 * room; one on the space counts as well.
 *
 * A direct room has no space and no name (null and `""`), but `accounts`: its members, the caller among
 * them, and `disabled`: those of them who are disabled.
 */
export type Room = {
  readonly id: string
  readonly space: string | null
  readonly name: string
  readonly kind: AnyRoomKind
  readonly private: boolean
  readonly topic: string | null
  readonly archived: boolean
  readonly locked: boolean
  readonly slow_mode: number
  readonly keep_days: number | null
  readonly hold: boolean
  readonly created_at: number
  readonly head: number
  readonly accounts?: readonly string[]
  readonly disabled?: readonly string[]
}

export type RoomCreated = {
  readonly name: string
  readonly kind: AnyRoomKind
  readonly private: boolean
  readonly space?: string
  readonly topic?: string
  readonly accounts?: readonly string[]
}

export type RoomDeleted = {
  readonly reason?: string
  readonly imported?: string
}

/**
 * `members` is a count. Accounts get `rights` and `read`, those who may set them `overrides`; of a direct
 * room also whether it is `listed` (see `direct.list`) and a `request`.
 */
export type RoomDetail = {
  readonly id: string
  readonly space: string | null
  readonly name: string
  readonly kind: AnyRoomKind
  readonly private: boolean
  readonly topic: string | null
  readonly archived: boolean
  readonly locked: boolean
  readonly slow_mode: number
  readonly keep_days: number | null
  readonly hold: boolean
  readonly created_at: number
  readonly head: number
  readonly accounts?: readonly string[]
  readonly disabled?: readonly string[]
  readonly members: number
  readonly member: boolean
  readonly overrides?: readonly RightOverride[]
  readonly rights?: Readonly<Partial<Record<ShowingRight, boolean>>>
  readonly read?: number
  readonly listed?: boolean
  readonly request?: boolean
}

export type RoomDetailResult = {
  readonly room: RoomDetail
}

export type RoomHistory = {
  /** 1 to 64 characters */
  readonly room: string
  readonly before?: number | null
  readonly after?: number | null
  readonly around?: number | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

/** By id, which is the order in which they were made. */
export type RoomList = {
  readonly rooms: readonly ListedRoom[]
  readonly next: string | null
}

/** How many messages of the account stand in a room. */
export type RoomMessages = {
  readonly room: string
  readonly messages: number
}

export type RoomResult = {
  readonly room: Room
}

export type RoomUpdated = {
  readonly name?: string
  readonly topic?: string
  readonly slow_mode?: number
  readonly reason?: string
}

export type ScheduleMessage = {
  /** 1 to 64 characters */
  readonly room: string
  /** 0 to 10,000 characters; with something to see in it, or empty */
  readonly text: string
  readonly post_at: number
  readonly reply_to?: number | null
  /** 1 to 316,224,000 */
  readonly expires_in?: number | null
  /** at most 10 entries */
  readonly attachments?: readonly string[] | null
}

export type ScheduledChanged = {
  readonly id: string
  readonly room?: string
  readonly text?: string
  readonly attachments?: readonly string[]
  readonly reply_to?: number | null
  readonly expires_in?: number | null
  readonly post_at?: number
  readonly created_at?: number
  readonly failed?: string | null
  readonly gone?: boolean
}

/** The next to be posted first. */
export type ScheduledList = {
  readonly scheduled: readonly ScheduledMessage[]
}

/** `failed` says why it could not be posted, null while it waits. */
export type ScheduledMessage = {
  readonly id: string
  readonly room: string
  readonly text: string
  readonly attachments: readonly string[]
  readonly reply_to: number | null
  readonly expires_in: number | null
  readonly post_at: number
  readonly created_at: number
  readonly failed: string | null
}

export type ScheduledResult = {
  readonly scheduled: ScheduledMessage
}

/**
 * `snippet` is about 160 characters of the text around the first hit.
 *
 * `highlights` are `[start, end)` in the snippet, in code points; they do not overlap. `attachments` and
 * `files` are those of the message.
 */
export type SearchHit = {
  readonly room: string
  readonly seq: number
  readonly position: number
  readonly at: number
  readonly by: string
  readonly snippet: string
  readonly highlights: readonly (readonly [number, number])[]
  readonly attachments: readonly string[]
  readonly files: readonly FileInfo[]
}

export type SearchMessages = {
  /** 1 to 200 characters */
  readonly text?: string | null
  /** 1 to 64 characters */
  readonly space?: string | null
  /** 1 to 64 characters */
  readonly room?: string | null
  /** 1 to 64 characters */
  readonly by?: string | null
  readonly before?: number | null
  readonly after?: number | null
  readonly has_link?: boolean | null
  readonly has_file?: boolean | null
  /** 1 to 500; default 50 */
  readonly limit?: number
  /** at most 80 characters */
  readonly cursor?: string | null
}

/** The newest first. `next` is the `cursor` of the following page, null at the end. */
export type SearchPage = {
  readonly hits: readonly SearchHit[]
  readonly next: string | null
}

/** `name` of the server, who may sign up, and `set_up`: whether it has an account already. */
export type ServerAbout = {
  readonly name: string
  readonly sign_up: SignUpMode
  readonly set_up: boolean
}

/** `findings` in words. */
export type ServerChecked = {
  readonly ok: boolean
  readonly findings: readonly string[]
}

/** Bytes of the database and the views' file, `before` and `after`. */
export type ServerCompacted = {
  readonly before: number
  readonly after: number
}

/** `ok`: nothing is wrong. */
export type ServerDoctor = {
  readonly ok: boolean
  readonly checks: readonly DoctorCheck[]
}

export type ServerFollowers = {
  readonly followers: readonly FollowerLoad[]
}

export type ServerInfo = {
  readonly name: string
  readonly version: string
}

/** At most 200, those first that leave most unread, then the busiest. `total` counts all. */
export type ServerSessions = {
  readonly sessions: readonly SessionLoad[]
  readonly total: number
}

/**
 * Sizes in bytes, `uptime` in seconds. `ready`: whether commands can be stored. `problems` in words.
 * Since the start: `refused` counts frames by the code of their refusal, `log_lines_lost` the lines that the
 * log on stderr did not take, `clock_steps` how often the clock was set, and `last_clock_step` says by how
 * many seconds the last time, negative: back.
 */
export type ServerStatus = {
  readonly version: string
  readonly ready: boolean
  readonly problems: readonly string[]
  readonly epoch: string
  readonly position: number
  readonly started_at: number
  readonly uptime: number
  readonly pid: number
  readonly data: string
  readonly address: string
  readonly accounts: number
  readonly spaces: number
  readonly rooms: number
  readonly files: number
  readonly file_bytes: number
  readonly connections: number
  readonly sessions: number
  readonly memory: number
  readonly database: number
  readonly wal: number
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>
  readonly log_lines_lost: number
  readonly clock_steps: number
  readonly last_clock_step: number | null
  readonly actors: ActorCounts
  readonly views: readonly ViewState[]
  readonly backup: BackupState | null
  readonly standbys: readonly StandbyState[]
  readonly compacting: Compacting | null
}

/** `busiest`: at most 20 of all streams, whatever page was asked for. */
export type ServerStreams = {
  readonly streams: readonly StreamLoad[]
  readonly busiest: readonly StreamLoad[]
  readonly next: string | null
}

/**
 * At most 50 actors, the busiest first. `behind`: sessions that read the log at the speed of their
 * clients, which began `demotions` times. `demotions`, `refused` and what follows count since the start, as
 * in `server.status`.
 */
export type ServerTop = {
  readonly position: number
  readonly commits: CommitCounts
  readonly connections: number
  readonly sessions: number
  readonly behind: number
  readonly demotions: number
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>
  readonly log_lines_lost: number
  readonly clock_steps: number
  readonly last_clock_step: number | null
  readonly actors: readonly ActorLoad[]
  readonly loop_lag_ms: number
  readonly cpu_seconds: number
  readonly memory: number
}

/**
 * How many events were replayed, how many blobs of files were looked at, how many blobs no file names
 * (`orphans`; they are collected later), and the findings in words.
 */
export type ServerVerified = {
  readonly ok: boolean
  readonly events: number
  readonly blobs: number
  readonly orphans: number
  readonly findings: readonly string[]
}

/**
 * `account` is null before a session is open, and at the admin socket, whose `by` is `operator:<uid>`.
 * `queued` bytes were not read by the client yet; `behind`: the session reads the log at the speed of its
 * client, which began `demotions` times because the client was too slow. `open` requests have no answer yet,
 * `handled` came since it began.
 */
export type SessionLoad = {
  readonly name: string
  readonly by: string
  readonly account: string | null
  readonly device: string | null
  readonly protocol: string
  readonly began_at: number
  readonly queued: number
  readonly behind: boolean
  readonly demotions: number
  readonly open: number
  readonly handled: number
}

/**
 * `position` is where the session's events begin, `hash` that of the event there; `resumed` confirms the
 * client's cursor.
 *
 * `resumed` is false when the server cannot go on from the cursor: there was none, or the database is
 * another one (restored from a backup, or an older copy of its folder). The client then loads what it shows
 * anew.
 */
export type SessionOpened = {
  readonly account: Account
  readonly session: string
  readonly server: ServerInfo
  readonly limits: Limits
  readonly epoch: string
  readonly position: number
  readonly hash: string
  readonly spaces: readonly OwnSpace[]
  readonly rooms: readonly OwnRoom[]
  readonly resumed: boolean
}

export type SetAdmin = {
  /** 1 to 64 characters */
  readonly account: string
  readonly admin: boolean
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetDisplayName = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly display_name: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetDraft = {
  /** 1 to 64 characters */
  readonly room: string
  /** at most 10,000 characters */
  readonly text: string
  readonly thread?: number | null
  readonly base?: number | null
}

export type SetName = {
  /** 1 to 64 characters */
  readonly account: string
  /** 2 to 32 characters */
  readonly name: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetOverride = {
  /** 1 to 64 characters */
  readonly room: string
  readonly right: ShowingRight
  readonly role?: BoundRole | null
  /** 1 to 64 characters */
  readonly account?: string | null
  readonly allow?: boolean | null
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
  /** default false */
  readonly dry_run?: boolean
}

export type SetPassword = {
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 256 characters */
  readonly password: string
}

export type SetPresence = {
  readonly state: PresenceState
}

export type SetRole = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  readonly role: Role
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
  /** default false */
  readonly dry_run?: boolean
}

export type SetRoomHold = {
  /** 1 to 64 characters */
  readonly room: string
  readonly hold: boolean
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetRoomRetention = {
  /** 1 to 64 characters */
  readonly room: string
  /** 0 to 36,500 */
  readonly keep_days?: number | null
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetSpaceHold = {
  /** 1 to 64 characters */
  readonly space: string
  readonly hold: boolean
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetSpaceRetention = {
  /** 1 to 64 characters */
  readonly space: string
  /** 0 to 36,500 */
  readonly keep_days: number
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type SetTyping = {
  /** 1 to 64 characters */
  readonly room: string
}

export type SignFile = {
  /** 1 to 64 characters */
  readonly file: string
  /** 1 to 604,800; default 3600 */
  readonly expires_in?: number
}

export type SignIn = {
  /** 1 to 80 characters */
  readonly name: string
  /** 1 to 256 characters */
  readonly password: string
  /** 0 to 80 characters; one line, or empty */
  readonly device?: string | null
  /** 1 to 64 characters */
  readonly code?: string | null
  readonly passkey?: PasskeyProof | null
}

export type SignOut = {
  /** 1 to 64 characters */
  readonly account?: string | null
}

export type SignUp = {
  /** 2 to 32 characters */
  readonly name: string
  /** 1 to 256 characters */
  readonly password: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly display_name?: string | null
  /** 1 to 4,096 characters */
  readonly invite?: string | null
  /** 0 to 80 characters; one line, or empty */
  readonly device?: string | null
}

/** `expires_in`: seconds until the access token expires. */
export type SignedIn = {
  readonly account: Account
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
}

/**
 * `owner` is the member who has been an owner for longest, null while there is none.
 *
 * A space may have several owners. Messages of its rooms are erased after `keep_days` (0: never), unless
 * the room says otherwise. `hold`: a legal hold on all its rooms.
 */
export type Space = {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly icon: string | null
  readonly owner: string | null
  readonly locked: boolean
  readonly keep_days: number
  readonly hold: boolean
  readonly created_at: number
}

export type SpaceCreated = {
  readonly name: string
  readonly description?: string
  readonly icon?: string
}

/** With the caller's role (null for an operator) and the number of members. */
export type SpaceDetail = {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly icon: string | null
  readonly owner: string | null
  readonly locked: boolean
  readonly keep_days: number
  readonly hold: boolean
  readonly created_at: number
  readonly role: Role | null
  readonly members: number
}

export type SpaceDetailResult = {
  readonly space: SpaceDetail
}

/** By id, which is the order in which they were made. */
export type SpaceList = {
  readonly spaces: readonly OwnSpace[]
  readonly next: string | null
}

export type SpaceResult = {
  readonly space: Space
}

export type SpaceUpdated = {
  readonly name?: string
  readonly description?: string
  readonly icon?: string
}

/**
 * A standby that follows this server: `name` is its machine and the port of its page, `by` whose token it
 * has. When it asked last, `heard_at`, it had everything up to `position`, lacked `files_missing` files, and
 * for `lag_seconds` had not had all that there was.
 */
export type StandbyState = {
  readonly name: string
  readonly by: string
  readonly position: number
  readonly lag_seconds: number
  readonly files_missing: number
  readonly heard_at: number
}

/**
 * `seq` and `at` of the newest event; `minute` counts the events of the last minute, as far as the newest
 * 5,000 of the log tell.
 */
export type StreamLoad = {
  readonly stream: string
  readonly seq: number
  readonly at: number
  readonly minute: number
}

export type SubscribePush = {
  /** 1 to 2,048 characters */
  readonly endpoint: string
  readonly keys: PushKeys
}

/** `level` is null where the account has not chosen; `muted_until` is 0 or null when it is not muted. */
export type Subscription = {
  readonly room: string
  readonly level: Level | null
  readonly muted_until: number | null
}

export type SubscriptionUpdated = {
  readonly room: string
  readonly level?: Level
  readonly muted_until?: number
}

export type TestPush = Readonly<Record<string, never>>

export type ThreadHistory = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
  readonly before?: number | null
  readonly after?: number | null
  /** 1 to 500; default 50 */
  readonly limit?: number
}

/**
 * The replies, the oldest first, and the message that the thread began with.
 *
 * `following` says whether the caller is notified of new replies.
 */
export type ThreadPage = {
  readonly messages: readonly Message[]
  readonly more_before: boolean
  readonly more_after: boolean
  readonly root: Message
  readonly following: boolean
}

export type ThreadSummary = {
  readonly replies: number
  readonly last_at: number
}

/** For an app that shows codes; `uri` as a QR code. */
export type TotpSecret = {
  readonly secret: string
  readonly uri: string
}

/** `recovery_codes`: how many are left. */
export type TotpState = {
  readonly enabled: boolean
  readonly recovery_codes: number
}

export type Typing = {
  readonly expires_in: number
}

export type UnarchiveRoom = {
  /** 1 to 64 characters */
  readonly room: string
}

export type UnbanMember = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type UndoImport = {
  /** 1 to 64 characters */
  readonly import: string
}

export type UnfollowThread = {
  /** 1 to 64 characters */
  readonly room: string
  readonly seq: number
}

export type UnlockRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type UnlockSpace = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type UnmuteMember = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 64 characters */
  readonly account: string
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

/** By room id. */
export type UnreadList = {
  readonly rooms: readonly UnreadRoom[]
  readonly next: string | null
}

/** `unread` and `mentions` are counts; `first_unread` is a seq, or null. */
export type UnreadRoom = {
  readonly room: string
  readonly read: number
  readonly head: number
  readonly unread: number
  readonly mentions: number
  readonly first_unread: number | null
}

export type UnscheduleMessage = {
  /** 1 to 64 characters */
  readonly scheduled: string
}

export type UnsubscribePush = {
  /** 1 to 64 characters */
  readonly device?: string | null
}

export type UpTo = {
  readonly room: string
  readonly seq: number
}

export type UpdateAccount = {
  /** 1 to 80 characters; one line with something to see in it */
  readonly display_name?: string | null
  /** 0 to 1,000 characters; some text, or empty */
  readonly about?: string | null
  /** 0 to 500 characters; the id of a file, or a web address, or empty */
  readonly avatar?: string | null
}

export type UpdateBot = {
  /** 1 to 64 characters */
  readonly account: string
  /** at most 6 entries */
  readonly scopes: readonly Scope[]
}

export type UpdatePreferences = {
  /** 0 to 1,439 */
  readonly quiet_from?: number | null
  /** 0 to 1,439 */
  readonly quiet_to?: number | null
  /** 1 to 64 characters */
  readonly time_zone?: string | null
  readonly receipts?: boolean | null
  /** at most 100 entries */
  readonly favourites?: readonly string[] | null
  /** at most 200 entries */
  readonly space_order?: readonly string[] | null
  /** at most 500 entries */
  readonly room_order?: readonly string[] | null
  /** at most 12 entries */
  readonly quick_reactions?: readonly string[] | null
  readonly push_preview?: boolean | null
}

export type UpdateRoom = {
  /** 1 to 64 characters */
  readonly room: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly name?: string | null
  /** 0 to 1,000 characters; one line, or empty */
  readonly topic?: string | null
  /** 0 to 21,600 */
  readonly slow_mode?: number | null
  /** 1 to 500 characters; some text */
  readonly reason?: string | null
}

export type UpdateSpace = {
  /** 1 to 64 characters */
  readonly space: string
  /** 1 to 80 characters; one line with something to see in it */
  readonly name?: string | null
  /** 0 to 1,000 characters; some text, or empty */
  readonly description?: string | null
  /** 0 to 500 characters; the id of a file, or a web address, or empty */
  readonly icon?: string | null
}

export type UpdateSubscription = {
  /** 1 to 64 characters */
  readonly room: string
  readonly level?: Level | null
  /** 0 to 316,224,000 */
  readonly mute_for?: number | null
}

/**
 * `messages`, `bytes`, `reports` and `uploads` are of this day, which ends at `day_ends_at`,
 * `direct_rooms` new ones of the last 24 hours; `rooms` and `invites` those in the space where there are
 * most of them.
 */
export type Usage = {
  readonly messages: Used
  readonly bytes: Used
  readonly reports: Used
  readonly direct_rooms: Used
  readonly spaces: Used
  readonly rooms: Used
  readonly invites: Used
  readonly sessions: Used
  readonly stored_bytes: Used
  readonly uploads: Used
  readonly day_ends_at: number
}

/** `quota` is null where the server has switched quotas off. */
export type Used = {
  readonly used: number
  readonly quota: number | null
}

/** Whether, and in words for people `because` of what. */
export type Verdict = {
  readonly allowed: boolean
  readonly because: string
}

export type VerifyServer = {
  /** default true */
  readonly contents?: boolean
}

export type ViewList = {
  readonly views: readonly ViewState[]
}

export type ViewRebuilt = {
  readonly view: string
}

/** `lag` events behind the log's `head`; `error` is what keeps it from going on, or null. */
export type ViewState = {
  readonly name: string
  readonly position: number
  readonly head: number
  readonly lag: number
  readonly error: string | null
}

/** Who sees a room; `disabled`: shut out now. */
export type Viewer = {
  readonly account: string
  readonly name: string
  readonly role: Role
  readonly member: boolean
  readonly disabled: boolean
}

export type WatchPresence = {
  /** at most 500 entries */
  readonly accounts: readonly string[]
}

export interface Requests {
  /**
   * Opens the session, resuming at a cursor.
   * - Without `token`, the token of the handshake's `Authorization: Bearer` header counts. Over the admin socket no session is opened: requests work at once.
   * - The token is checked when the session opens. An open session outlives its token's expiry; it ends with close code 4002 when the device is revoked.
   * - `forbidden`: the token is of an account that is disabled, or whose owner is.
   * Refused as: conflict, forbidden, unauthenticated.
   */
  'session.open': { readonly kind: 'command'; readonly data: OpenSession; readonly result: SessionOpened }
  /**
   * Makes an account and signs it in.
   * - With an `invite` the account also joins the space that the invite leads to.
   * - The setting `sign_up` decides whether an invite is needed (`invite`) or nobody may sign up (`closed`).
   * - A name consists of letters with their marks, digits, `.`, `_` and `-` of one alphabet, and begins with a letter, digit or `_`. Names are compared without regard to case and width (NFKC, case-folded).
   * - A name is taken (`conflict`) if somebody has it, had it before, or has one that looks like it (confusables). `here`, `room`, `everyone`, `system` and what looks like them are `invalid`.
   * - A password has at least 8 characters and must not be easy to guess; if it is, `invalid` says what would be better.
   * Refused as: conflict, forbidden, not_found, overloaded, unauthenticated.
   */
  'account.sign_up': { readonly kind: 'command'; readonly data: SignUp; readonly result: SignedIn }
  /**
   * Exchanges name and password for tokens.
   * - An account with a second factor needs a `code`, or a `passkey` over a challenge of `account.passkey_begin`. Without one, or with a wrong code, the refusal is `unauthenticated` with `data: {second_factor: true}`, and `passkey: true` beside it where the account has one; it comes only when name and password were right.
   * - Wrong passwords, codes and passkeys make later attempts wait, longer each time (`rate_limited` with `retry_after`).
   * - One signs in with the current name only, not with an earlier one. White space around it does not count; a password is compared as RFC 8265 says (OpaqueString).
   * - The account is told of its new device (`account.secured`).
   * - An account without a password signs in through a linked identity, or uses tokens that an operator issues.
   * Refused as: conflict, forbidden, not_found, overloaded, unauthenticated.
   */
  'account.sign_in': { readonly kind: 'command'; readonly data: SignIn; readonly result: SignedIn }
  /**
   * Exchanges a refresh token for new tokens.
   * - A refresh token works once and returns the next pair. A client that lost the reply may use the old one again within a minute. If an older one comes back after that, it was copied: the device ends.
   * Refused as: forbidden, unauthenticated.
   */
  'account.refresh': { readonly kind: 'command'; readonly data: Refresh; readonly result: SignedIn }
  /**
   * Exchanges what a single sign-on gave for tokens.
   * - The code comes from a single sign-on, works once, and lasts a minute. `verifier` is the secret whose challenge the client gave to the provider's URL; without a challenge there must be no verifier.
   * - `forbidden`: no account belongs to this identity and the server makes none, or the account is disabled.
   * - The reply and the new device are as with `account.sign_in`. A second factor is the provider's task; none is asked for.
   * Refused as: conflict, forbidden, not_found, unauthenticated.
   */
  'account.exchange': { readonly kind: 'command'; readonly data: ExchangeCode; readonly result: SignedIn }
  /**
   * A challenge for signing in with a passkey.
   * - For `account.passkey_sign_in`, or for `passkey` of `account.sign_in`. The browser offers the passkeys that it has for `rp`; no name is needed. [`passkey.begin`](#passkeybegin) says what `host` is.
   * Refused as: conflict.
   */
  'account.passkey_begin': { readonly kind: 'command'; readonly data: BeginPasskeySignIn; readonly result: PasskeyChallenge }
  /**
   * Exchanges an answer to a challenge for tokens.
   * - What `navigator.credentials.get` gave, each as base64url. A challenge is answered once.
   * - The device must have asked who its person is (user verification); no second factor is asked for then. The reply and the new device are as with `account.sign_in`.
   * Refused as: conflict, forbidden, not_found, unauthenticated.
   */
  'account.passkey_sign_in': { readonly kind: 'command'; readonly data: PasskeySignIn; readonly result: SignedIn }
  /**
   * Signs out this device; for an operator, all devices of `account`.
   * - The device's connections close with 4002 after the reply. `account` is for operators and ends all devices of that account, which is told so.
   * Refused as: not_found.
   */
  'account.sign_out': { readonly kind: 'command'; readonly data: SignOut; readonly result: Done }
  /**
   * Changes the caller's profile.
   * - Changes the fields that are given. An empty string empties `about` or `avatar`.
   * - `display_name` may be what others are called, too, but not what another account has or had as its name, nor what looks like that.
   * Refused as: conflict, not_found.
   */
  'account.update': { readonly kind: 'command'; readonly data: UpdateAccount; readonly result: AccountResult }
  /**
   * Changes the password; ends other devices.
   * - The account's other devices end.
   * Refused as: conflict, overloaded.
   */
  'account.change_password': { readonly kind: 'command'; readonly data: ChangePassword; readonly result: Done }
  /**
   * Changes the name to sign in with; nobody else can take the old one.
   * - Takes the password where the account has one. Allowed three times in 30 days, then `rate_limited`.
   * - Earlier names stay reserved for the account: `@` and an earlier name still mentions it.
   * - Names follow the rules of `account.sign_up`.
   * Refused as: conflict, not_found, overloaded.
   */
  'account.rename': { readonly kind: 'command'; readonly data: RenameAccount; readonly result: AccountResult }
  /**
   * Deletes the caller's account and all that it wrote, for ever.
   * - Takes the password where the account has one. The account is shut out at once; the server erases what it wrote and then the account.
   * - The last owner of a space is refused (`conflict`, `data.spaces: [{id, name}]`): hand the space over or delete it first.
   * - `account.deleted` is the last event of the account's stream; what stays is a stub with the same id. See the page on erasure.
   * Refused as: conflict, overloaded.
   */
  'account.delete': { readonly kind: 'command'; readonly data: DeleteAccount; readonly result: Done }
  /**
   * Exports the caller's data, in pages.
   * - `account` is for operators; the account is told of it (`account.secured`). Pages: pass `next` as the next `after`; `null` says that there is no more. `conflict`: the database was put back from an older copy since; begin again without `after`.
   * - Items are of these kinds: `account`, `name`, `device`, `push`, `passkey`, `identity`, `bot`, `membership`, `preferences`, `subscription`, `read`, `bookmark`, `draft`, `scheduled`, `report`, `invite` (that the account made), `message`, `reaction`, `notification`.
   * Refused as: conflict, not_found.
   */
  'account.export': { readonly kind: 'query'; readonly data: ExportAccount; readonly result: ExportPage }
  /**
   * Makes an account.
   * - An account without a password can only use tokens, or sign in through an identity that is linked to it.
   * Refused as: conflict, not_found, overloaded.
   */
  'account.create': { readonly kind: 'command'; readonly data: CreateAccount; readonly result: AccountResult }
  /**
   * All accounts, by id.
   * - With `name` only those that have it as a part of their name, of one they had before, or of their display name. Case makes no difference in names; in display names only that of ASCII.
   * Refused as: not_found.
   */
  'account.list': { readonly kind: 'query'; readonly data: ListAccounts; readonly result: AccountPage }
  /**
   * One account, by its id or its name.
   * Refused as: not_found.
   */
  'account.get': { readonly kind: 'query'; readonly data: GetAccount; readonly result: AccountResult }
  /**
   * Disables an account and ends its sessions at once.
   * - Every session of the account and of its bots ends. The account's tokens end for good; those of its bots work again after `account.enable`.
   * - `conflict`: it is the last administrator that is not disabled.
   * - Its spaces and direct rooms tell their members (`member.disabled`). A mention of it notifies nobody, and nobody can add it to a room or open a new direct room with it (`conflict`).
   * Refused as: conflict, not_found.
   */
  'account.disable': { readonly kind: 'command'; readonly data: DisableAccount; readonly result: Done }
  /**
   * Enables a disabled account.
   * Refused as: not_found.
   */
  'account.enable': { readonly kind: 'command'; readonly data: EnableAccount; readonly result: Done }
  /**
   * Makes an account an administrator of the server, or no longer one.
   * - The account's connections close with 1001, so that they open again with the new rights.
   * - `conflict`: it is the last administrator that is not disabled, or a bot.
   * Refused as: conflict, not_found.
   */
  'account.set_admin': { readonly kind: 'command'; readonly data: SetAdmin; readonly result: AccountResult }
  /**
   * Gives an account another name to sign in with; the old one stays reserved for it.
   * - As `account.rename`, without a limit, and it does not count for the account's own.
   * Refused as: conflict, not_found.
   */
  'account.set_name': { readonly kind: 'command'; readonly data: SetName; readonly result: AccountResult }
  /**
   * Changes the name that others see.
   * Refused as: conflict, not_found.
   */
  'account.set_display_name': { readonly kind: 'command'; readonly data: SetDisplayName; readonly result: AccountResult }
  /**
   * Sets a password; ends all devices.
   * - All devices of the account end.
   * Refused as: conflict, not_found, overloaded.
   */
  'account.set_password': { readonly kind: 'command'; readonly data: SetPassword; readonly result: Done }
  /**
   * The devices of an account.
   * - As `device.list`.
   * Refused as: not_found.
   */
  'account.devices': { readonly kind: 'query'; readonly data: ListAccountDevices; readonly result: DeviceList }
  /**
   * Removes the second factor of an account.
   * Refused as: conflict, not_found.
   */
  'account.reset_totp': { readonly kind: 'command'; readonly data: ResetTotp; readonly result: Done }
  /**
   * Removes all passkeys of an account.
   * - Devices that they signed in stay signed in: `account.sign_out` ends those.
   * Refused as: conflict, not_found.
   */
  'account.reset_passkeys': { readonly kind: 'command'; readonly data: ResetPasskeys; readonly result: Done }
  /**
   * A link, good once and for an hour, to a page that sets a password.
   * - The link opens a page that sets a new password. It works once, for an hour; one to a placeholder that an import made, for two weeks.
   * Refused as: conflict, not_found.
   */
  'account.recovery_link': { readonly kind: 'command'; readonly data: MakeRecoveryLink; readonly result: RecoveryLink }
  /**
   * A bearer token good for every client.
   * - The account is told of it. Without `expires_in` the token lasts a year. It has no refresh token. After a restore from a backup it is void.
   * Refused as: conflict, not_found.
   */
  'account.token': { readonly kind: 'command'; readonly data: IssueToken; readonly result: BearerToken }
  /**
   * Deletes an account and all that it wrote, for ever.
   * - What `account.delete` does, ordered by an operator; the same refusal for the last owner of a space.
   * - `erased` counts what is erased. `done` is `false` after a dry run, or when the deletion takes longer than 20 seconds and goes on.
   * Refused as: conflict, not_found.
   */
  'account.erase': { readonly kind: 'command'; readonly data: EraseAccount; readonly result: Erased }
  /**
   * What the caller may see of these accounts.
   * - One sees oneself, whom one shares a space or a room with, and who was or wrote in a room that one is in now, so that the authors of its messages have names. A guest shares a space with nobody. Others are left out, and so are ids of no account.
   */
  'profile.list': { readonly kind: 'query'; readonly data: ListProfiles; readonly result: ProfileList }
  /**
   * Where a browser begins to sign on, if it can.
   * - `provider` is `null` where the server has no single sign-on. To sign in, send the browser to `url`, with `?challenge=` and the challenge.
   * - A client makes a secret `verifier` of 43 to 128 letters and digits; the challenge is the base64url of its SHA-256, without padding. The browser comes back to `/#sso=CODE`; the client gives the code and the verifier to `account.exchange`. The challenge may be left out; only with it can nobody slip their own code to a client.
   */
  'identity.provider': { readonly kind: 'query'; readonly data: GetProvider; readonly result: ProviderResult }
  /**
   * Where a browser begins to link an identity.
   * - Takes the password where the account has one. The browser goes to `url` (good once, for a minute) and comes back to `/#identity=CODE`; only the same account can give that code to `identity.add`.
   * Refused as: conflict, not_found, overloaded.
   */
  'identity.begin': { readonly kind: 'command'; readonly data: BeginIdentity; readonly result: IdentityLink }
  /**
   * Links the identity that the browser brought.
   * - `conflict`: the identity belongs to another account, or the account has eight already. The account's sessions get `account.secured`.
   * Refused as: conflict, not_found.
   */
  'identity.add': { readonly kind: 'command'; readonly data: AddIdentity; readonly result: IdentityResult }
  /**
   * The identities of the caller.
   * - The oldest first.
   */
  'identity.list': { readonly kind: 'query'; readonly data: ListIdentities; readonly result: IdentityList }
  /**
   * Ends the link to an identity.
   * - Takes the password where the account has one. `conflict` if it is the only way into the account. The account's sessions get `account.secured`.
   * Refused as: conflict, not_found, overloaded.
   */
  'identity.remove': { readonly kind: 'command'; readonly data: RemoveIdentity; readonly result: Done }
  /**
   * The devices on which the caller is signed in.
   * - A device is where the account signed in, or a bearer token. The oldest first.
   */
  'device.list': { readonly kind: 'query'; readonly data: ListDevices; readonly result: DeviceList }
  /**
   * Ends one of the caller's devices at once.
   * - The device's connections close with 4002.
   * Refused as: not_found.
   */
  'device.revoke': { readonly kind: 'command'; readonly data: RevokeDevice; readonly result: Done }
  /**
   * Ends all of the caller's devices at once, except the one that asks.
   * - Their connections close with 4002. Bearer tokens end, too.
   */
  'device.revoke_others': { readonly kind: 'command'; readonly data: RevokeOtherDevices; readonly result: Done }
  /**
   * A secret for an app that shows codes.
   * - Show `uri` as a QR code. The second factor is on only after `totp.confirm`.
   * Refused as: conflict, overloaded.
   */
  'totp.begin': { readonly kind: 'command'; readonly data: BeginTotp; readonly result: TotpSecret }
  /**
   * Turns the second factor on.
   * - Codes follow RFC 6238: six digits for 30 seconds, each good once; spaces and dashes in them do not count.
   * - The ten recovery codes are shown this once. Each takes the place of a code, once.
   * Refused as: conflict, not_found.
   */
  'totp.confirm': { readonly kind: 'command'; readonly data: ConfirmTotp; readonly result: RecoveryCodes }
  /**
   * Whether the second factor is on.
   * - `recovery_codes` says how many are left.
   */
  'totp.get': { readonly kind: 'query'; readonly data: GetTotp; readonly result: TotpState }
  /**
   * Turns the second factor off.
   * - Takes the password and a code (or a recovery code). An operator removes a second factor with `account.reset_totp`.
   * Refused as: conflict, not_found, overloaded.
   */
  'totp.remove': { readonly kind: 'command'; readonly data: RemoveTotp; readonly result: Done }
  /**
   * Begins to add a passkey.
   * - Takes the password where the account has one.
   * - `host` is the name under which the browser sees the server. Passkeys are bound to it: to that of `public_url` where it is set, else to `localhost` or a name of the setting `origins`; without `host` to the first of these. Under another name, or an IP address, the refusal is `conflict` and says what to do.
   * - Only pages of this server may use them: those of `public_url` and `origins`, and without `public_url` that of `http://localhost` at the port where the server listens.
   * - A browser is asked for a discoverable credential (`residentKey: required`), with user verification where the device can.
   * - An account has at most 20.
   * Refused as: conflict, overloaded.
   */
  'passkey.begin': { readonly kind: 'command'; readonly data: BeginPasskey; readonly result: PasskeyBegun }
  /**
   * Adds the passkey that the browser has made.
   * - `client_data` and `attestation` are what `navigator.credentials.create` gave, as base64url.
   * Refused as: conflict, not_found.
   */
  'passkey.add': { readonly kind: 'command'; readonly data: AddPasskey; readonly result: PasskeyResult }
  /** The passkeys of the caller. */
  'passkey.list': { readonly kind: 'query'; readonly data: ListPasskeys; readonly result: PasskeyList }
  /**
   * Gives a passkey another name.
   * Refused as: not_found.
   */
  'passkey.rename': { readonly kind: 'command'; readonly data: RenamePasskey; readonly result: Done }
  /**
   * Removes a passkey: nobody signs in with it any more.
   * - Takes the password where the account has one. Devices that it signed in stay signed in.
   * Refused as: conflict, not_found, overloaded.
   */
  'passkey.remove': { readonly kind: 'command'; readonly data: RemovePasskey; readonly result: Done }
  /**
   * Makes a bot of the caller's and its token.
   * - A bot is an account with an owner and without a password. It may do what its scopes cover, and of that only what its owner may at that moment.
   * - In a space its role is the lower one of its own and its owner's, and never `owner`. It enters spaces and rooms only where its owner is, by an invite like everybody, and leaves them with its owner.
   * - A bot whose owner is disabled is shut out; when the owner is deleted, so is the bot.
   * - `owner` is for operators; everybody else owns the bots they make.
   * Refused as: conflict, not_found.
   */
  'bot.create': { readonly kind: 'command'; readonly data: CreateBot; readonly result: BotCreated }
  /**
   * The caller's bots.
   * Refused as: not_found.
   */
  'bot.list': { readonly kind: 'query'; readonly data: ListBots; readonly result: BotList }
  /**
   * Sets the scopes of a bot; its sessions reconnect.
   * - The bot's connections close with 1001; it connects again with its new scopes.
   * Refused as: not_found.
   */
  'bot.update': { readonly kind: 'command'; readonly data: UpdateBot; readonly result: Done }
  /**
   * A new token; the bot's older ones end.
   * - The bot's older tokens end.
   * Refused as: not_found.
   */
  'bot.token': { readonly kind: 'command'; readonly data: IssueBotToken; readonly result: BearerToken }
  /**
   * Deletes a bot; what it wrote stays.
   * - What the bot wrote stays; nothing else of it does.
   * Refused as: not_found.
   */
  'bot.delete': { readonly kind: 'command'; readonly data: DeleteBot; readonly result: Done }
  /**
   * What an account and its bots have used of their quotas.
   * Refused as: not_found.
   */
  'quota.get': { readonly kind: 'query'; readonly data: GetQuota; readonly result: QuotaResult }
  /**
   * Makes a space; the caller owns it.
   * - An operator names the `owner`; everybody else owns the space they make.
   * - No two spaces of a server have the same name, or names that look the same; deleted ones do not count.
   * Refused as: conflict, not_found.
   */
  'space.create': { readonly kind: 'command'; readonly data: CreateSpace; readonly result: SpaceResult }
  /**
   * The caller's spaces; all of them for an operator.
   * - Operators get all spaces, without `role`.
   */
  'space.list': { readonly kind: 'query'; readonly data: ListSpaces; readonly result: SpaceList }
  /**
   * One space.
   * - `role` is the caller's, or `null`; `members` counts those whom `space.members` lists.
   * - `owner` is `null` for a guest who does not see the owner (`space.members`).
   * Refused as: not_found.
   */
  'space.get': { readonly kind: 'query'; readonly data: GetSpace; readonly result: SpaceDetailResult }
  /**
   * Members of a space, by account id.
   * - A guest gets those whom it sees: who shares a room with it, of this space or not, or a space in which it is no guest (`member.see_all`).
   * Refused as: not_found.
   */
  'space.members': { readonly kind: 'query'; readonly data: ListSpaceMembers; readonly result: MemberPage }
  /**
   * Changes a space.
   * - Changes the fields that are given. An empty string empties `description` or `icon`.
   * Refused as: conflict, not_found.
   */
  'space.update': { readonly kind: 'command'; readonly data: UpdateSpace; readonly result: Done }
  /**
   * Deletes a space with its rooms.
   * - The space and its rooms are `not_found` for everybody, operators included. Nothing brings it back. `space.deleted` is the last event that its members get.
   * - Texts are not erased: they stay in the log, which only operators read, until they expire, or retention or the deletion of their author's account erases them. `member.erase_messages` and `message.delete` erase them before. Under a legal hold it is a `conflict`.
   * Refused as: conflict, not_found.
   */
  'space.delete': { readonly kind: 'command'; readonly data: DeleteSpace; readonly result: Done }
  /**
   * Leaves a space.
   * - The account leaves the space's rooms with the same event; there is no event in the rooms. Its bots leave too, each with its own `member.left`.
   * - The last owner cannot leave (`conflict`): give somebody else the role `owner` first.
   * Refused as: conflict, not_found.
   */
  'space.leave': { readonly kind: 'command'; readonly data: LeaveSpace; readonly result: Done }
  /**
   * Locks a space: no invites, no new rooms, guests only read, slow mode.
   * - While a space is locked no invite is made or lets anybody in, guests only read, and only those who hold `message.hurry` make rooms.
   * - Every room has a slow mode of at least 30 seconds, which also holds for editing, adding reactions and pinning.
   * Refused as: not_found.
   */
  'space.lock': { readonly kind: 'command'; readonly data: LockSpace; readonly result: Done }
  /**
   * Ends the lock.
   * Refused as: not_found.
   */
  'space.unlock': { readonly kind: 'command'; readonly data: UnlockSpace; readonly result: Done }
  /**
   * Says for how many days messages are kept in the rooms of a space.
   * - 0 keeps them for ever. A room may have a rule of its own (`room.set_retention`).
   * - The server erases by itself what is older, as `message.deleted` does it (`by` `system`, `retention: true`), pinned messages and roots of threads too: every message counts by its own age. It begins when the setting `retention_delay` (a day) has passed since the rule was set, and may be some minutes late; of what was imported, a day.
   * Refused as: not_found.
   */
  'space.set_retention': { readonly kind: 'command'; readonly data: SetSpaceRetention; readonly result: Done }
  /**
   * Begins or ends a legal hold on all rooms of a space.
   * - While a hold stands, retention erases nothing. What people delete, expires or goes with its author's account is deleted for everybody, but its texts and files stay in the database, where `message.preserved` shows them to operators. When `retention_delay` has passed after the end, they are erased (`message.erased`).
   * - The room cannot be deleted meanwhile, nor a space that has a hold. Members see that there is one; the `reason` is in the event only, and so in the audit.
   * Refused as: not_found.
   */
  'space.set_hold': { readonly kind: 'command'; readonly data: SetSpaceHold; readonly result: Done }
  /**
   * Exports a space with its rooms, in pages.
   * - For owners and admins, who get the rooms that they see, and for operators, who get all.
   * - Items stand in the order of their kinds: `space`, `member`, `emoji`; for each room `room`, `member`, `author`, `message`, `edit`, `reaction`, `pin`. A `message` has its text of now; `original` is its first one, and each `edit` a later one, where the caller may see versions. Of a deleted message there is only that it was there. `member` names those too who left (`left_at`), `author` whoever wrote, reacted or pinned without ever having been a member, as imported bots do. Nothing that was erased is in it, also if that happens between two pages.
   * - The first page (no `after`) logs the event `space.exported`, which tells all members who did it. What was written later is not in the export; names and pins are those of now. `after` is the `next` of the page before; it is good for who began the export, as long as they may (`invalid`: begin again).
   * Refused as: not_found.
   */
  'space.export': { readonly kind: 'command'; readonly data: ExportSpace; readonly result: PlaceExport }
  /**
   * Makes an invite code.
   * - The code is shown this once; the server stores only its hash.
   * - An invite lets people in as `member` or `guest`, or with a role that its maker may give with `member.set_role`; a bot's invite never gives more than `member`. It lets people in only while its maker may still make it: not while the maker is gone, may no longer give that role, is disabled or is being deleted. Of a bot's invite the same holds for its owner. Invites by operators always count.
   * Refused as: conflict, not_found.
   */
  'invite.create': { readonly kind: 'command'; readonly data: CreateInvite; readonly result: InviteResult }
  /**
   * The invites of a space, without their codes.
   * - `joined` are the newest 100 accounts that the invite let in, newest first.
   * - Only what can still be used is listed. `all` lists those too that expired or are used up (`ended`), until they are forgotten: a space forgets 30 days later, when it makes a new invite. A revoked invite is gone at once; the audit has it.
   * Refused as: not_found.
   */
  'invite.list': { readonly kind: 'query'; readonly data: ListInvites; readonly result: InviteList }
  /**
   * Ends an invite, named by its code or id.
   * - `code` is an invite's code or its id. Whoever made the invite may revoke it, and whoever may make one.
   * Refused as: not_found.
   */
  'invite.revoke': { readonly kind: 'command'; readonly data: RevokeInvite; readonly result: Done }
  /**
   * Whether a code lets somebody in, for who opens an invite's link and has no account yet.
   * - It says nothing else of the invite or its space, and the same of a code that never was as of one that is over.
   */
  'invite.check': { readonly kind: 'query'; readonly data: CheckInvite; readonly result: InviteChecked }
  /**
   * Joins the space that the code leads to.
   * - A member gets the space and nothing changes. Joining a space joins none of its rooms.
   * - Who was in the space before comes back with the invite's role, but with none higher than the one they left with; `member.set_role` gives it back.
   * - A code that is wrong, expired, revoked, used up or does not count at present, a ban, and a locked space are all `not_found`.
   * Refused as: not_found.
   */
  'invite.accept': { readonly kind: 'command'; readonly data: AcceptInvite; readonly result: SpaceResult }
  /**
   * Makes a custom emoji.
   * - The name consists of `a` to `z`, `0` to `9`, `_`, `+` and `-`. `image` is an address that clients show.
   * Refused as: conflict, not_found.
   */
  'emoji.add': { readonly kind: 'command'; readonly data: AddEmoji; readonly result: Done }
  /**
   * Removes a custom emoji.
   * - Reactions with the emoji stay as they are.
   * Refused as: not_found.
   */
  'emoji.remove': { readonly kind: 'command'; readonly data: RemoveEmoji; readonly result: Done }
  /**
   * The custom emoji of a space.
   * - By name.
   * Refused as: not_found.
   */
  'emoji.list': { readonly kind: 'query'; readonly data: ListEmoji; readonly result: EmojiList }
  /**
   * Gives a role; `dry_run` only says what that would change.
   * - Nobody acts on somebody of the same or a higher role; who has left counts with the role they had. A role is given by somebody with a higher one, `owner` by owners; no other way gives more (`invite.create`). Everybody may step down.
   * - A space keeps an owner: what would take away the last one is `conflict`, for operators too. To hand a space over, give somebody else `owner`, then step down or leave.
   * - With `dry_run` nothing changes and the result says what would: two roles, and the rights between them.
   * Refused as: conflict, not_found.
   */
  'member.set_role': { readonly kind: 'command'; readonly data: SetRole; readonly result: RoleSet }
  /**
   * Removes a member; it may come back.
   * - The account leaves the space's rooms with the same event. It may come back, and is then in no room.
   * Refused as: conflict, not_found.
   */
  'member.kick': { readonly kind: 'command'; readonly data: KickMember; readonly result: Done }
  /**
   * Removes an account and keeps it out, `for` seconds or for ever.
   * - `for` is in seconds; without it the ban lasts until `member.unban`. A new ban replaces the end of the old one.
   * - An account that is not in the space can be banned too. No event tells that a ban has run out: `until` is in the event that began it.
   * Refused as: conflict, not_found.
   */
  'member.ban': { readonly kind: 'command'; readonly data: BanMember; readonly result: Done }
  /**
   * Ends a ban.
   * Refused as: not_found.
   */
  'member.unban': { readonly kind: 'command'; readonly data: UnbanMember; readonly result: Done }
  /**
   * Silences a member, `for` seconds or for ever.
   * - Takes `message.post`, `message.announce`, `mention.loud`, `reaction.add` and `pin.set` away in all rooms of the space. A mute outlasts leaving the space.
   * - `for` is in seconds; no event tells that a mute has run out.
   * - A muted member makes no rooms.
   * Refused as: not_found.
   */
  'member.mute': { readonly kind: 'command'; readonly data: MuteMember; readonly result: Done }
  /**
   * Ends a mute.
   * Refused as: not_found.
   */
  'member.unmute': { readonly kind: 'command'; readonly data: UnmuteMember; readonly result: Done }
  /**
   * Orders that all that an account wrote in the space's rooms is erased; `dry_run` only counts it.
   * - The server carries it out at `due_at`, after the setting `erase_messages_delay`, also when it was restarted meanwhile. Until then `erasure.cancel` takes it back. An account has one order in a space at a time: a second one is `conflict`.
   * - It reaches what the account had written before the order, in rooms that whoever ordered it sees then and still sees at that time; operators see all. It lapses when whoever ordered it may not order it any more, or was disabled.
   * - With one `message.deleted` for each message, and `member.messages_erased` at the end.
   * Refused as: conflict, not_found.
   */
  'member.erase_messages': { readonly kind: 'command'; readonly data: EraseMessages; readonly result: MessageErasure }
  /**
   * Who is banned from a space, and who is muted in it.
   * - Bans and mutes that have not ended. `until` is `null` without an end, `reason` is `null` where none was given.
   * Refused as: not_found.
   */
  'ban.list': { readonly kind: 'query'; readonly data: ListBans; readonly result: BanList }
  /**
   * Whose messages in a space will be erased, and when.
   * - Orders by `member.erase_messages` that were not carried out yet, the next one first.
   * Refused as: not_found.
   */
  'erasure.list': { readonly kind: 'query'; readonly data: ListErasures; readonly result: ErasureList }
  /**
   * Takes an order to erase somebody's messages back.
   * - Whoever may order it may cancel it. What is being erased already is gone; the rest stays.
   * Refused as: not_found.
   */
  'erasure.cancel': { readonly kind: 'command'; readonly data: CancelErasure; readonly result: Done }
  /**
   * What was reported in a space or, for operators, in direct rooms; oldest first.
   * - Reports stand in the reporter's own stream and in this list; nobody else learns of them.
   * - A report goes to those who hold `report.list` and see the room of the message; where there is nobody, as in a private room without moderators, to the owners of the space. They read the message here, also when they may not see the room. It never goes to the author of the message or a bot of theirs. Operators get all.
   * - Without `space` it lists the reports from direct rooms, for operators and admins only; their `space` is null.
   * Refused as: not_found.
   */
  'report.list': { readonly kind: 'query'; readonly data: ListReports; readonly result: ReportPage }
  /**
   * The reported message and its neighbours.
   * - For those who get the report. The neighbours are shown to who sees the room and, of a direct room, to operators and admins; others get the message alone.
   * Refused as: not_found.
   */
  'report.context': { readonly kind: 'query'; readonly data: ReadReportContext; readonly result: ReportContext }
  /**
   * Resolves a report.
   * - Needs an account; for reports from direct rooms, an admin's. Nothing tells the reporter.
   * Refused as: conflict, not_found.
   */
  'report.resolve': { readonly kind: 'command'; readonly data: ResolveReport; readonly result: Done }
  /**
   * Who did what in a space and its rooms, newest first.
   * - What happened to the space and its rooms; of private rooms only to members of them and to operators. Messages, reactions and read marks are not in it, deleting messages is. Without `space` it is about the server itself (backups, restores, views built again), about what others did to accounts (made, changed, renamed, disabled, signed out, deleted) and about direct rooms, for operators and admins only.
   * - `account` finds what was done to that account, or to messages of that author. No texts are shown. A `type` that no event has is `invalid`.
   * - Pages go back in time: pass `next` as the next `before`.
   * Refused as: not_found.
   */
  'audit.list': { readonly kind: 'query'; readonly data: ListAudit; readonly result: AuditPage }
  /**
   * What an account may do in a room, and why.
   * - Says what the commands decide, with reasons for people: whether the account has joined, is disabled, may announce in an announcement room, and so on.
   * - For those who hold `audit.list` in the space and see the room. Direct rooms have no such overview.
   * Refused as: not_found.
   */
  'access.explain': { readonly kind: 'query'; readonly data: ExplainAccess; readonly result: AccessExplained }
  /**
   * Who sees a room, now or at a time.
   * - Who sees the room, or saw it at the time `at`: its members, and for a public room everybody who could read it. `disabled`: shut out now.
   * - For those who hold `audit.list` in the space and see the room. Direct rooms have no such overview.
   * Refused as: not_found.
   */
  'access.list': { readonly kind: 'query'; readonly data: ListAccess; readonly result: AccessList }
  /**
   * Makes a room; the caller is its first member.
   * - No two rooms of a space have the same name, or names that look the same; archived rooms count, deleted ones do not. A private room takes its name only from its members, so that nobody else finds out that there is one.
   * - Whoever makes a room is its first member. A public room that an operator makes starts empty, a private one with the space's owner.
   * - A muted member makes no rooms; while the space is locked only those who hold `message.hurry` do.
   * Refused as: conflict, not_found.
   */
  'room.create': { readonly kind: 'command'; readonly data: CreateRoom; readonly result: RoomResult }
  /**
   * Renames a room or sets its topic.
   * - Changes the fields that are given. `reason` stands in `room.updated` and is no part of the room; a reason alone changes nothing.
   * - `slow_mode` is the number of seconds between two posts of an account or its bots; 0 ends it. A post that comes sooner is `rate_limited`. Whoever holds `message.hurry` need not wait, and a repeated nonce gets its result at once.
   * Refused as: conflict, not_found.
   */
  'room.update': { readonly kind: 'command'; readonly data: UpdateRoom; readonly result: Done }
  /**
   * Closes a room for writing; its history stays.
   * - Nobody joins or changes anything in an archived room, but messages can be deleted, members can leave, and the room itself can be changed or opened again.
   * - Archiving twice returns `{}` and logs nothing.
   * Refused as: not_found.
   */
  'room.archive': { readonly kind: 'command'; readonly data: ArchiveRoom; readonly result: Done }
  /**
   * Joins a public room of one's space.
   * - A guest, and anybody in a private room, needs `room.invite`. Joining twice returns `{}` and logs nothing.
   * Refused as: not_found.
   */
  'room.join': { readonly kind: 'command'; readonly data: JoinRoom; readonly result: Done }
  /**
   * Leaves a room.
   * Refused as: not_found.
   */
  'room.leave': { readonly kind: 'command'; readonly data: LeaveRoom; readonly result: Done }
  /**
   * The rooms of a space that the caller may see.
   * Refused as: not_found.
   */
  'room.list': { readonly kind: 'query'; readonly data: ListRooms; readonly result: RoomList }
  /**
   * One room.
   * - `rights` has `{right: boolean}` for each right that overrides, mutes and locks concern: whether the caller holds it, once it has joined. In announcement rooms posting takes `message.announce`.
   * - `overrides` is for operators and those who hold `room.override`; direct rooms have none.
   * Refused as: not_found.
   */
  'room.get': { readonly kind: 'query'; readonly data: GetRoom; readonly result: RoomDetailResult }
  /**
   * Members of a room, by account id.
   * Refused as: not_found.
   */
  'room.members': { readonly kind: 'query'; readonly data: ListRoomMembers; readonly result: MemberPage }
  /**
   * A page of messages, oldest first.
   * - Takes one of `before`, `after` and `around` (a `seq`; `around` is included), or none for the newest.
   * - Whoever may read a room may read all of this: every member of the space who is no guest, without joining, if the room is public.
   * - A page carries at most 512 KiB of texts and may be shorter than `limit`; only `more_before` and `more_after` say whether there is more.
   * Refused as: not_found.
   */
  'room.history': { readonly kind: 'query'; readonly data: RoomHistory; readonly result: MessagePage }
  /**
   * Adds a member of the space to the room.
   * - The caller must be in the room and the account in the space; there is nothing to accept. It is the only way into a private room, and for guests into any room. An account that has blocked the caller stays outside; the caller is not told. `conflict`: the account is disabled.
   * Refused as: conflict, not_found.
   */
  'room.invite': { readonly kind: 'command'; readonly data: InviteToRoom; readonly result: Done }
  /**
   * Removes a member from the room.
   * - The account may come back into a public room. Removing oneself is `invalid`: use `room.leave`.
   * Refused as: not_found.
   */
  'room.remove': { readonly kind: 'command'; readonly data: RemoveFromRoom; readonly result: Done }
  /**
   * Only moderators write until it is unlocked.
   * - Only those who hold `room.lock` write; everybody may still add reactions.
   * Refused as: not_found.
   */
  'room.lock': { readonly kind: 'command'; readonly data: LockRoom; readonly result: Done }
  /**
   * Ends the lock.
   * Refused as: not_found.
   */
  'room.unlock': { readonly kind: 'command'; readonly data: UnlockRoom; readonly result: Done }
  /**
   * Opens an archived room for writing again.
   * Refused as: not_found.
   */
  'room.unarchive': { readonly kind: 'command'; readonly data: UnarchiveRoom; readonly result: Done }
  /**
   * Deletes a room: nobody sees it any more.
   * - The room is `not_found` for everybody, operators included; `room.deleted` is the last event that its members get. Nothing brings it back, and texts are not erased by it (see `space.delete`). Under a legal hold, on it or on its space, it is a `conflict`.
   * Refused as: conflict, not_found.
   */
  'room.delete': { readonly kind: 'command'; readonly data: DeleteRoom; readonly result: Done }
  /**
   * Allows or denies a right to a role or an account; `dry_run` only says to whom.
   * - Takes either `role` or `account`. `allow` true allows, false denies, and without it the override is taken away.
   * - An override for an account needs a member of the space below the caller, and ends when the account leaves. An override for an account comes before one for its role. A room has at most 200 overrides.
   * - With `dry_run` nothing changes and the result names the accounts that would gain or lose the right.
   * Refused as: conflict, not_found.
   */
  'room.override': { readonly kind: 'command'; readonly data: SetOverride; readonly result: OverrideSet }
  /**
   * Says for how many days messages are kept in a room.
   * - 0 keeps them for ever, whatever the space says; without `keep_days` the room does as its space says. In a direct room only operators set it.
   * - It is carried out as in `space.set_retention`.
   * Refused as: not_found.
   */
  'room.set_retention': { readonly kind: 'command'; readonly data: SetRoomRetention; readonly result: Done }
  /**
   * Begins or ends a legal hold on a room.
   * - Also on a direct room, and on one that was deleted. See `space.set_hold`.
   * Refused as: not_found.
   */
  'room.set_hold': { readonly kind: 'command'; readonly data: SetRoomHold; readonly result: Done }
  /**
   * Exports a room, in pages.
   * - For owners and admins of the space who see the room (a private one only as its members), and for operators. A direct room may be exported by everybody whom it is for; of what others wrote in it they get no versions.
   * - Items stand in the order of their kinds: `room`, `member`, `author`, `message`, `edit`, `reaction`, `pin`. A `message` has its text of now; `original` is its first one, and each `edit` a later one, where the caller may see versions. Of a deleted message there is only that it was there. `member` names those too who left (`left_at`), `author` whoever wrote, reacted or pinned without ever having been a member, as imported bots do. Nothing that was erased is in it, also if that happens between two pages.
   * - The first page (no `after`) logs the event `room.exported`, which tells all members who did it. What was written later is not in the export; names and pins are those of now. `after` is the `next` of the page before; it is good for who began the export, as long as they may (`invalid`: begin again).
   * Refused as: not_found.
   */
  'room.export': { readonly kind: 'command'; readonly data: ExportRoom; readonly result: PlaceExport }
  /**
   * How many messages a rule, or the end of a legal hold, would erase, before it is set.
   * - Those of a `room`, or of all rooms of a `space` that have no rule of their own, that are older than `keep_days`. What a legal hold keeps does not count; 0: none.
   * - `hold_ends`, for operators: as if the hold on that room or space had ended. Then rooms of the space that have a rule of their own count too, by that.
   * - It takes the right `room.set_retention` or `space.set_retention`; in a direct room only operators ask.
   * Refused as: not_found.
   */
  'message.count_old': { readonly kind: 'query'; readonly data: CountOldMessages; readonly result: OldMessages }
  /**
   * Messages that were deleted under a legal hold.
   * - The oldest first, in deleted rooms too; until they are erased after the end of the hold.
   */
  'message.preserved': { readonly kind: 'query'; readonly data: ListPreserved; readonly result: PreservedPage }
  /**
   * Posts a message, exactly once per nonce.
   * - `nonce` is unique for its author in its room, forever. The same nonce again returns the first result and logs nothing; with another text, another `reply_to` or other `attachments` it is `conflict`. It is compared with what was posted, not with later edits, and is not compared once the text was erased.
   * - `reply_to` is the `seq` of an earlier message of the room. All replies to a message, and replies to those, are one thread.
   * - `attachments` are the ids of at most 10 files, which the caller has uploaded or may read for another reason; then `text` may be empty. Who reads the message may read its files from then on.
   * - `@name` mentions the member of the room with that account name (or an earlier one), `@room` everybody in it, `@here` the members whom others see there at that moment, `away` and `dnd` included. `@here` and `@room` from somebody without `mention.loud` are plain text.
   * - Names in mentions are compared as for signing in. Full stops, `-` and `_` at the end may belong to the sentence: `@ann.` is `ann` unless somebody is called `ann.`.
   * - Nothing is a mention in code (`` `…` `` and fenced blocks), directly behind a letter, digit, `_`, `.`, `/`, `-` or `@`, or after the hundredth name. Names are looked up when the message is posted or edited and kept as ids.
   * - With `expires_in` the server deletes the message that many seconds after it was posted, as `system`, with `expired: true` in the event; if the server is down then, as soon as it is up.
   * - Posting needs membership in a room that is not archived. With the first message of a direct room its people join it. Who shares no space with anybody else in a direct room any more, guests counted as in `direct.open`, cannot write in it; it stays readable.
   * Refused as: conflict, not_found.
   */
  'message.post': { readonly kind: 'command'; readonly data: PostMessage; readonly result: Posted }
  /**
   * Replaces the text of the caller's message.
   * - For the author alone. Mentions are worked out anew; attachments stay, and with them the text may become empty. Earlier versions stay for the author and for those who hold `message.see_edits`. Editing to the same text changes nothing.
   * Refused as: conflict, not_found.
   */
  'message.edit': { readonly kind: 'command'; readonly data: EditMessage; readonly result: Done }
  /**
   * Erases the text of a message, for good.
   * - For the author, for operators, and for those who hold `message.delete_any` and do not stand below the author. It needs no membership and works in archived rooms.
   * - The text is erased in all versions, for everybody and for good, and so are its files, unless another message or a picture still has them; the page on erasure says what stays. `reason` stands in the event and in the audit.
   * Refused as: not_found.
   */
  'message.delete': { readonly kind: 'command'; readonly data: DeleteMessage; readonly result: Done }
  /**
   * One message.
   * Refused as: not_found.
   */
  'message.get': { readonly kind: 'query'; readonly data: GetMessage; readonly result: MessageResult }
  /**
   * The versions of a message, for its author and moderators.
   * Refused as: not_found.
   */
  'message.edits': { readonly kind: 'query'; readonly data: ListEdits; readonly result: MessageVersions }
  /**
   * Finds messages that the caller may see, newest first.
   * - Searches the rooms that the caller may read now: those it is in and the public rooms of its spaces (not for guests); all rooms for an operator at the admin socket. Takes a `text`, or filters, or both.
   * - `red apple` finds messages with both words anywhere; `"red apple"` these words in a row (what is written together, as `don't` or `a@b.org`, is such a row too); `app*` words that begin so, with two characters or more; `-green` and `-"green apple"` exclude, and need something else to look for.
   * - The last word counts as the beginning of a word too, unless something follows it, if only a space. A text has at most 20 words and phrases.
   * - Case, diacritics and the script of digits do not count: `cafe` finds `Café`, `25` finds `२५`. In scripts without spaces between words (Chinese, Japanese, Thai and others) and in Korean any piece of a text is found; so are emoji. Other signs mean nothing.
   * - `after` (included) and `before` (not included) are times of posting; `by` is an account's id. `has_link` asks for messages with, or without, an `http://` or `https://` address, `has_file` for messages that were posted with files, or without.
   * - What the caller posted before it asked is found. Pages are full as long as there is more.
   * - A search that takes longer than five seconds is interrupted and refused as `overloaded`: ask for more of the words.
   * Refused as: not_found, overloaded.
   */
  'message.search': { readonly kind: 'query'; readonly data: SearchMessages; readonly result: SearchPage }
  /**
   * Posts a message at a later time.
   * - `post_at` is at least a second and at most a year ahead. The message is posted as if its author had posted it then: rights, mentions and `expires_in` are of that moment.
   * - It is posted once, over restarts too. What is due while the server is down is posted when it is up. What is refused then, and not for a passing reason, stays on the list with `failed` until it is unscheduled, and its author is notified.
   * Refused as: conflict, not_found, too_large.
   */
  'message.schedule': { readonly kind: 'command'; readonly data: ScheduleMessage; readonly result: ScheduledResult }
  /**
   * Cancels a scheduled message.
   * - Once this is answered, the message is not posted any more.
   * Refused as: conflict, not_found.
   */
  'message.unschedule': { readonly kind: 'command'; readonly data: UnscheduleMessage; readonly result: Done }
  /** The caller's scheduled messages. */
  'message.scheduled': { readonly kind: 'query'; readonly data: ListScheduled; readonly result: ScheduledList }
  /**
   * Reports a message to the moderators, in a direct room to the operators.
   * - Whoever sees a message may report it. Reporting it again while one's report is open returns the same and logs nothing.
   * Refused as: conflict, not_found.
   */
  'message.report': { readonly kind: 'command'; readonly data: ReportMessage; readonly result: Done }
  /**
   * The direct room of the caller and these people.
   * - Returns the room of the caller and these accounts, and makes it if there is none. The same people always get the same room, of at most 10 people. Without accounts, or with oneself, it is a room for notes.
   * - The caller shares a space with each of them, otherwise the account is `not_found`. A space in which one of the two is a guest counts only with the setting `guest_direct_rooms`, and for two who share one of its rooms. A bot and its owner know each other; with others a bot's owner must share a space too, and be in the room. A room that the caller is in already is returned in any case.
   * - The others join with the first message. An account makes at most `direct_rooms_per_day` new ones in 24 hours, its bots included, and none with an account that is disabled (`conflict`). A direct room cannot be renamed or archived; operators may delete it, and the same people then get a new one.
   * Refused as: conflict, not_found, rate_limited.
   */
  'direct.open': { readonly kind: 'command'; readonly data: OpenDirect; readonly result: RoomResult }
  /**
   * The caller's direct rooms, as `session.open` lists them.
   * - Left out are direct rooms without a message, those that the caller has left or declined, and those in which only people wrote whom the caller has blocked.
   * - `request` is true while somebody new has written: the caller has neither accepted the room nor written in it, nor ever written in a direct room that the author of its first message is in.
   */
  'direct.list': { readonly kind: 'query'; readonly data: ListDirects; readonly result: DirectPage }
  /**
   * Accepts a request: the room is like any other direct room.
   * - Posting in the room accepts it too. A room that was declined comes back.
   * Refused as: not_found.
   */
  'direct.accept': { readonly kind: 'command'; readonly data: AcceptDirect; readonly result: Done }
  /**
   * Declines a request: the room is no longer listed, and nothing in it notifies.
   * - Nobody else learns of it. Accepting the room, or posting in it, takes it back.
   * Refused as: conflict, not_found.
   */
  'direct.decline': { readonly kind: 'command'; readonly data: DeclineDirect; readonly result: Done }
  /**
   * Takes a direct room off the caller's list.
   * - A room of two: nobody else learns of it, and the next message brings the room back, unless its author is blocked. A room of more people: the caller is no member any more, as the others see, and comes back only by `direct.open` with the same people. A bot leaves with its owner.
   * Refused as: not_found.
   */
  'direct.leave': { readonly kind: 'command'; readonly data: LeaveDirect; readonly result: Done }
  /**
   * Puts a reaction on a message.
   * - `emoji` is one character as people see it (a grapheme cluster, UAX #29), or `:name:` of a custom emoji of the room's space. It is kept composed (NFC) and fully qualified (UTS #51): a heart with and without a variation selector is one reaction. Adding what is there returns `{}` and logs nothing.
   * Refused as: conflict, not_found.
   */
  'reaction.add': { readonly kind: 'command'; readonly data: AddReaction; readonly result: Done }
  /**
   * Removes the caller's reaction.
   * - Removing what is not there returns `{}` and logs nothing.
   * Refused as: not_found.
   */
  'reaction.remove': { readonly kind: 'command'; readonly data: RemoveReaction; readonly result: Done }
  /**
   * Who reacted with an emoji, by account id.
   * Refused as: not_found.
   */
  'reaction.list': { readonly kind: 'query'; readonly data: ListReactions; readonly result: ReactorPage }
  /**
   * Pins a message to its room.
   * - Adding what is there returns `{}` and logs nothing.
   * Refused as: conflict, not_found.
   */
  'pin.add': { readonly kind: 'command'; readonly data: AddPin; readonly result: Done }
  /**
   * Removes a pin.
   * - Removing what is not there returns `{}` and logs nothing.
   * Refused as: not_found.
   */
  'pin.remove': { readonly kind: 'command'; readonly data: RemovePin; readonly result: Done }
  /**
   * The pinned messages of a room, newest pin first.
   * Refused as: not_found.
   */
  'pin.list': { readonly kind: 'query'; readonly data: ListPins; readonly result: PinList }
  /**
   * A page of the replies in a thread, oldest first.
   * - `seq` is any message of the thread; `root` is the message that began it. There are no threads in threads. Replies stand in `room.history` like all messages.
   * Refused as: not_found.
   */
  'thread.history': { readonly kind: 'query'; readonly data: ThreadHistory; readonly result: ThreadPage }
  /**
   * Follows a thread: notifies of new replies.
   * - Whoever began a thread or wrote in it follows it too, until `thread.unfollow`. Followers are notified of new replies.
   * Refused as: not_found.
   */
  'thread.follow': { readonly kind: 'command'; readonly data: FollowThread; readonly result: Done }
  /**
   * Stops following a thread.
   * Refused as: not_found.
   */
  'thread.unfollow': { readonly kind: 'command'; readonly data: UnfollowThread; readonly result: Done }
  /**
   * Moves the caller's read marker forward.
   * - `seq` is any event's of the room. The marker never moves back. All sessions of the account get the signal `read.marked`.
   * Refused as: not_found.
   */
  'read.mark': { readonly kind: 'command'; readonly data: MarkRead; readonly result: Done }
  /**
   * Moves the caller's read marker back, to before a message.
   * - What came from the event `seq` on is unread again, with its notifications, unless `notification.read` named them. Others are shown nothing: to them what was read stays read. `read.mark` moves the marker forward again. Where `seq` is unread already, nothing changes.
   * Refused as: not_found.
   */
  'read.mark_unread': { readonly kind: 'command'; readonly data: MarkUnread; readonly result: Done }
  /**
   * What is unread in each of the caller's rooms.
   * - Unread are the messages of others, not deleted, that came after the read marker and after the account's own (last) joining of the room. `mentions` counts those that mention the account by its name, by `@room`, or by `@here` when it was there. `first_unread` is the `seq` of the first, or `null`. One's own posts do not move the marker.
   * - Outside direct rooms `mentions` counts the messages of which `notification.list` has an unread `mention`, and those that only `notification.read` has marked. The text as it reads now mentions whom it names, unless they did not hear the room or the author (level `none`, a mute, a block) when a version of it named them first.
   */
  'unread.list': { readonly kind: 'query'; readonly data: ListUnread; readonly result: UnreadList }
  /**
   * Whom a message has reached, and who has read it.
   * - About those who were in the room when the message came, except its author and those who hide their receipts (`preferences.update`). Only members of the room and operators may ask.
   * - *Read*: the marker has reached the message. *Delivered*: it was read, or the server has handed the message and all before it to a connection of the account with nothing left waiting, or a client has come back with a cursor at or after it, or has opened a session without a cursor since.
   * - To an account that is invisible (`presence.set`) only what it was given before counts as delivered, or what it has read; to one that has left the room, what it has read.
   * - Deliveries are worked out when somebody asks and saved every ten seconds: after a crash a few may be missing until the client returns.
   * - Lists have at most 100 ids; the counts count all.
   * Refused as: not_found.
   */
  'receipt.list': { readonly kind: 'query'; readonly data: ListReceipts; readonly result: Receipts }
  /**
   * Shows the room that the caller is typing.
   * - The room's other members get a `typing` signal, at most one in three seconds. Only who may post there can be typing. Nobody is shown it of an account that is invisible.
   * Refused as: not_found.
   */
  'typing.set': { readonly kind: 'command'; readonly data: SetTyping; readonly result: Done }
  /**
   * Sets the caller's presence.
   * - An account is `online` while one of its sessions is not `away`, `away` while all of them are, and `offline` without any. A session counts until three seconds after its end.
   * - `online` and `away` are about the session. `dnd` (do not disturb) and `invisible` are the account's, on all devices and over restarts, until one of its sessions says `online` or `away`. Others see an invisible account as `offline`; its own sessions see `invisible`. Its typing is not shown, and what it is given does not count as delivered (`receipt.list`); what it posts, reacts to or marks as read is seen.
   */
  'presence.set': { readonly kind: 'command'; readonly data: SetPresence; readonly result: Done }
  /**
   * Sets the accounts whose presence the caller watches.
   * - Takes the place of what the session watched before, and ends with the session. The caller sees accounts with which it shares a room now, or a space in which it is no guest, and itself; others are not in the result.
   * - Changes come as `presence` signals, at most one a second for each account, the newest state.
   */
  'presence.watch': { readonly kind: 'command'; readonly data: WatchPresence; readonly result: PresenceList }
  /**
   * The caller's notifications, newest first.
   * - A notification is read when `notification.read` says so, when the read marker of its room has passed the message, or when the account has left the room since and joined it again. Notifications of deleted messages, of rooms that the caller is not in and of authors that it blocks are not listed, nor a `mention` while the text does not mention the account. `unread` counts all that are not read.
   * - A message notifies the members of its room except its author, once each; an edit notifies those whom it mentions and no earlier version did, as `mention`, if they were in the room when the message came, except in a direct room whose level is `all`. `kind` is `direct` in a direct room whose level is `all`, else `mention` if it mentions the account, else `thread` if it is a reply in a thread that the account follows, else `message`.
   * - A message of one's own that was to be posted later and never will be is a notification of the `kind` `scheduled`: `scheduled` is its id in `message.scheduled`, `reason` says why. It is read when `notification.read` says so.
   * - What delivers notifications elsewhere follows the event `notification.created`.
   * Refused as: not_found.
   */
  'notification.list': { readonly kind: 'query'; readonly data: ListNotifications; readonly result: NotificationPage }
  /** Marks notifications as read. */
  'notification.read': { readonly kind: 'command'; readonly data: ReadNotifications; readonly result: Done }
  /**
   * The key with which a browser subscribes to this server's pushes.
   * - `conflict`: an admin has switched web push off. The key stays the same as long as the database; a client whose subscription was made with another one subscribes anew.
   * Refused as: conflict.
   */
  'push.key': { readonly kind: 'query'; readonly data: GetPushKey; readonly result: PushKey }
  /**
   * Has the caller's device notified by web push.
   * - `endpoint` and `keys` are what `PushSubscription.toJSON()` says; an `endpoint` begins with `https://`. A device has one subscription: another one takes its place, and the same `endpoint` on another device of the account ends. It ends with the device, and when the push service says that it is gone. Of more than 20 devices those end that subscribed first. A client subscribes again at each start; what did not change costs nothing.
   * - [push.md](../push.md) says what is pushed when, and what a service worker gets.
   * Refused as: conflict.
   */
  'push.subscribe': { readonly kind: 'command'; readonly data: SubscribePush; readonly result: Done }
  /**
   * Ends web push to a device of the caller.
   * - Without `device`, to the one that asks.
   */
  'push.unsubscribe': { readonly kind: 'command'; readonly data: UnsubscribePush; readonly result: Done }
  /**
   * Pushes a message to the device that asks, and says what became of it.
   * - Its `kind` is `test`, and it comes whether somebody is there or not. `sent`: the push service has it; `gone`: the subscription has ended, the client subscribes anew; `refused` and `failed`: the service, or the way there, does not take it. It is tried once, for at most 10 seconds.
   * Refused as: conflict, not_found.
   */
  'push.test': { readonly kind: 'command'; readonly data: TestPush; readonly result: PushTested }
  /** The caller's devices that are notified by web push. */
  'push.list': { readonly kind: 'query'; readonly data: ListPushes; readonly result: PushedDevices }
  /**
   * Sets how the caller is notified of a room.
   * - `level` says which kinds notify: `all`, `mentions` (all but `message`), or `none`. Without a choice it is `mentions`, and `all` in a direct room.
   * - `mute_for` is in seconds, 0 ends the mute. Nothing comes from a muted room, and of what the account has read already only mentions, without a sound. A mention that comes while the room is muted or its level is `none` does not count in `unread.list` either.
   * - Fields that are left out stay as they are.
   * Refused as: not_found.
   */
  'subscription.update': { readonly kind: 'command'; readonly data: UpdateSubscription; readonly result: Done }
  /**
   * Quiet hours, receipts, favourites, an order of one's own, push.
   * - Quiet hours go from `quiet_from` to `quiet_to`, minutes from midnight in `time_zone` (an IANA name; UTC without one), over midnight if `quiet_to` is the earlier. When both are the same or one is missing there are none. They are compared with the time of the message.
   * - In quiet hours and in `dnd` notifications come with `quiet: true`: they are listed like others, and a client shows them without sound.
   * - `receipts: false` hides the account's receipts from others. Fields that are left out stay as they are.
   * - `favourites` are rooms in the order in which a client shows them. `space_order` and `room_order` come before what they do not name: a client sorts the rooms of each space by their place in `room_order`, then the rest by name. `quick_reactions` are the emoji that a client offers first. A list is replaced as a whole, `[]` empties it, and nothing may stand in it twice.
   * - The server keeps ids of rooms and spaces as they are given. A room that was left stays listed and has its place again when the account comes back; a client passes over what it does not know.
   * - `push_preview: false`: what is pushed to devices (`push.subscribe`) says who wrote in which room, but not the text.
   */
  'preferences.update': { readonly kind: 'command'; readonly data: UpdatePreferences; readonly result: Done }
  /** The caller's preferences and subscriptions. */
  'preferences.get': { readonly kind: 'query'; readonly data: GetPreferences; readonly result: PreferencesResult }
  /**
   * Blocks an account: the caller hears nothing of it any more.
   * - A blocked account and its bots do not notify the caller; their messages count as neither unread nor mentions, their notifications are not listed, nor a direct room in which only they wrote, and `room.invite` does not make the caller a member. They get the same answers as before.
   * - Events of blocked accounts are delivered like all others; a client hides what they wrote, reacted and type by this list.
   * Refused as: conflict, not_found.
   */
  'block.add': { readonly kind: 'command'; readonly data: AddBlock; readonly result: Done }
  /** Ends a block. */
  'block.remove': { readonly kind: 'command'; readonly data: RemoveBlock; readonly result: Done }
  /** Whom the caller has blocked. */
  'block.list': { readonly kind: 'query'; readonly data: ListBlocks; readonly result: BlockPage }
  /**
   * Bookmarks a message.
   * - For members of the room. A bookmark of a message gets a new `note` when it is added again.
   * Refused as: conflict, not_found.
   */
  'bookmark.add': { readonly kind: 'command'; readonly data: AddBookmark; readonly result: Done }
  /**
   * Removes a bookmark.
   * Refused as: not_found.
   */
  'bookmark.remove': { readonly kind: 'command'; readonly data: RemoveBookmark; readonly result: Done }
  /**
   * The caller's bookmarks, newest first.
   * - Bookmarks of messages that were deleted, or that the caller may not see any more, are left out.
   * Refused as: not_found.
   */
  'bookmark.list': { readonly kind: 'query'; readonly data: ListBookmarks; readonly result: BookmarkPage }
  /**
   * Saves a draft; an empty text deletes it.
   * - For members of the room. A room has one draft for itself and one for each thread, the same on all devices; the last one set counts. An empty `text` removes it. The account's sessions get the signal `draft.set`.
   * - `base` is the `at` of the draft that this one was made from. The signal repeats it, so that a device which wrote that draft can take this one in its place without losing anything.
   * Refused as: conflict, not_found, too_large.
   */
  'draft.set': { readonly kind: 'command'; readonly data: SetDraft; readonly result: Done }
  /** The caller's drafts. */
  'draft.list': { readonly kind: 'query'; readonly data: ListDrafts; readonly result: DraftList }
  /**
   * What is known of a file.
   * - For whoever uploaded it, may read a message that has it, sees the account whose avatar it is, or is a member of the space whose icon or emoji it is; asked anew each time.
   * Refused as: not_found.
   */
  'file.get': { readonly kind: 'query'; readonly data: GetFile; readonly result: FileResult }
  /**
   * The caller's uploads.
   * - What nothing holds is deleted when the time of the setting `keep_unheld_files` after its upload has passed (a day, unless told otherwise).
   */
  'file.list': { readonly kind: 'query'; readonly data: ListFiles; readonly result: FilePage }
  /**
   * Deletes a file, for good.
   * - For whoever uploaded it, and for operators. Messages that have it stay, and show that it was there; its name and its bytes are erased, unless another file has the same bytes. While a legal hold stands on a room that has it, it is a `conflict`.
   * Refused as: conflict, not_found.
   */
  'file.delete': { readonly kind: 'command'; readonly data: DeleteFile; readonly result: Done }
  /**
   * A link to a file for programs without a token.
   * - `expires_in` is in seconds. The link is good until then, as long as the caller may read the file itself and its account is not disabled. Whoever has the link can read the file.
   * Refused as: not_found.
   */
  'file.sign': { readonly kind: 'query'; readonly data: SignFile; readonly result: FileLink }
  /** How much the caller has uploaded, and how much it may. */
  'file.usage': { readonly kind: 'query'; readonly data: GetFileUsage; readonly result: FileUsage }
  /**
   * The views of the log, and how far they have followed it.
   * - `lag` is how many events a view is behind the log's `head`; `error` is what keeps it from going on, or `null`.
   */
  'view.list': { readonly kind: 'query'; readonly data: ListViews; readonly result: ViewList }
  /**
   * Drops a view and builds it from the log again.
   * - Returns at once; the view is built in the background, and `view.list` says how far it is.
   * Refused as: not_found.
   */
  'view.rebuild': { readonly kind: 'command'; readonly data: RebuildView; readonly result: Done }
  /**
   * The log after a position; can wait for news.
   * - Without `after` it returns no events and the log's present end. With `wait` it waits that many seconds for something new. The events of a full page end at `position`; there may be more. A page may be some megabytes.
   * - `position` of the result is the next `after`, its `hash` the next `hash`. With `hash` the server checks that the event at `after` is the one that the caller knows. If it is another, or `after` lies beyond the log's end, the database was put back from an older copy: `conflict`.
   * - Operators get all of the log. An admin's account gets every event too, but no more of its data than its queries show; the rules are those for a session that resumes ([protocol.md](../protocol.md#delivery)).
   * Refused as: conflict, not_found.
   */
  'event.list': { readonly kind: 'query'; readonly data: ListEvents; readonly result: EventPage }
  /**
   * What somebody at the door needs to know.
   * - While `set_up` is false, the link that the server printed when it started makes the first account.
   */
  'server.about': { readonly kind: 'query'; readonly data: GetServerAbout; readonly result: ServerAbout }
  /**
   * Version, address, sizes, counts and health of the server.
   * - Sizes are in bytes.
   */
  'server.status': { readonly kind: 'query'; readonly data: GetServerStatus; readonly result: ServerStatus }
  /**
   * The busiest actors, commit batches, connections.
   * - At most 50 actors, the busiest first.
   */
  'server.top': { readonly kind: 'query'; readonly data: GetServerTop; readonly result: ServerTop }
  /**
   * The connections of clients: whose they are, and what they leave unread.
   * - At most 200 sessions; those that leave most unread come first.
   */
  'server.sessions': { readonly kind: 'query'; readonly data: GetServerSessions; readonly result: ServerSessions }
  /**
   * The streams of the log, where each ends, and which are busy.
   * - By name: `after` is the `next` of the page before. Streams are named by ids; what they are called is asked for as by anybody else.
   */
  'server.streams': { readonly kind: 'query'; readonly data: GetServerStreams; readonly result: ServerStreams }
  /** Who follows the log, and how far: views, notifier, scheduler. */
  'server.followers': { readonly kind: 'query'; readonly data: GetServerFollowers; readonly result: ServerFollowers }
  /**
   * Checks the database file and the space on the disk.
   * - `findings` are sentences for people.
   */
  'server.check': { readonly kind: 'query'; readonly data: CheckServer; readonly result: ServerChecked }
  /**
   * Gives disk back: what erased texts and dropped tables have taken.
   * - The server goes on; it may take minutes. `conflict`: it is under way already, or the disk has not enough space to begin. If the caller leaves, it stops; the next one begins again.
   * Refused as: conflict.
   */
  'server.compact': { readonly kind: 'command'; readonly data: CompactServer; readonly result: ServerCompacted }
  /**
   * Replays the log, compares the tables with it, and looks at the bytes of all files.
   * - With `contents` the bytes of all files are read and their hashes compared; without, only their sizes are.
   */
  'server.verify': { readonly kind: 'query'; readonly data: VerifyServer; readonly result: ServerVerified }
  /**
   * Looks at everything that an admin should know, and says what to do.
   * - Disk, clock, backups, certificate, web push, open files, SQLite, rights of the data folder, settings, followers, workers. Takes some seconds at most.
   * - With `certificate` the server connects to its own `public_url`, if that is `https`, to see how long the certificate there is good.
   */
  'server.doctor': { readonly kind: 'query'; readonly data: AskDoctor; readonly result: ServerDoctor }
  /**
   * The nodes that share the log, how far each is, and the stream between them.
   * - `conflict`: the server is alone.
   * Refused as: conflict.
   */
  'cluster.status': { readonly kind: 'query'; readonly data: GetClusterStatus; readonly result: ClusterStatus }
  /**
   * Forgets a node that does not come back, so that nothing is kept for it.
   * - `conflict`: the server is alone, or the node is there: stop it first. A node that was removed and comes back joins again.
   * Refused as: conflict, not_found.
   */
  'cluster.remove_node': { readonly kind: 'command'; readonly data: RemoveNode; readonly result: Done }
  /**
   * Writes a consistent copy of the database and its files, to a new file or into a repository.
   * - Refuses a file that exists, and a path that is not absolute.
   * Refused as: conflict.
   */
  'backup.create': { readonly kind: 'command'; readonly data: CreateBackup; readonly result: BackupCreated }
  /**
   * Begins an import into a space.
   * - `source` tells the workspace or server from others: what was imported from it before is found again.
   * Refused as: not_found.
   */
  'import.begin': { readonly kind: 'command'; readonly data: BeginImport; readonly result: ImportResult }
  /**
   * Adds people of the other chat: a placeholder for each that is not known.
   * - Nobody can sign in to a placeholder until an operator hands out a link to set its password (`account.recovery_link`). It is no administrator, whatever the export says.
   * Refused as: conflict, not_found.
   */
  'import.add_people': { readonly kind: 'command'; readonly data: AddImportPeople; readonly result: ImportedPeople }
  /**
   * Adds rooms of the other chat.
   * Refused as: conflict, not_found.
   */
  'import.add_rooms': { readonly kind: 'command'; readonly data: AddImportRooms; readonly result: ImportedRooms }
  /**
   * Adds a custom emoji of the other chat.
   * - Where the space has one of that name, it stays as it is.
   * Refused as: conflict, not_found.
   */
  'import.add_emoji': { readonly kind: 'command'; readonly data: AddImportEmoji; readonly result: EmojiMade }
  /**
   * Adds messages to a room of the import, in the order in which they are to stand.
   * - They keep their authors and times, notify nobody and do not count as unread. A message whose key is known is changed where it is said to have been edited or deleted later; reactions and pins are added.
   * Refused as: conflict, not_found.
   */
  'import.add_messages': { readonly kind: 'command'; readonly data: AddImportMessages; readonly result: ImportedMessages }
  /**
   * Which messages of a room were imported before.
   * - Changes nothing. It is a command because so many keys do not fit into an address.
   * Refused as: not_found.
   */
  'import.find': { readonly kind: 'command'; readonly data: FindImported; readonly result: FoundMessages }
  /**
   * Says that an import is complete.
   * Refused as: not_found.
   */
  'import.finish': { readonly kind: 'command'; readonly data: FinishImport; readonly result: Done }
  /**
   * Takes an import back: erases its messages, then deletes all else that only it brought.
   * - Each call erases at most 500 messages: ask again until `done`. A room stays if somebody has written in it since, an account that its person has claimed, a custom emoji that a message or a reaction shows, and a member who has written, reacted, set the level of a room, joined another one or been given a role. Memberships and custom emoji stay, too, as long as another import of the same source has something (`stays_with`).
   * Refused as: conflict, not_found.
   */
  'import.undo': { readonly kind: 'command'; readonly data: UndoImport; readonly result: ImportUndone }
  /**
   * The accounts that an import made.
   * Refused as: not_found.
   */
  'import.people': { readonly kind: 'query'; readonly data: ListImportPeople; readonly result: PeopleMade }
  /**
   * The imports into a space, the oldest first.
   * Refused as: not_found.
   */
  'import.list': { readonly kind: 'query'; readonly data: ListImports; readonly result: ImportList }
}

const QUERIES: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'account.export',
  'account.list',
  'account.get',
  'account.devices',
  'profile.list',
  'identity.provider',
  'identity.list',
  'device.list',
  'totp.get',
  'passkey.list',
  'bot.list',
  'quota.get',
  'space.list',
  'space.get',
  'space.members',
  'invite.list',
  'invite.check',
  'emoji.list',
  'ban.list',
  'erasure.list',
  'report.list',
  'report.context',
  'audit.list',
  'access.explain',
  'access.list',
  'room.list',
  'room.get',
  'room.members',
  'room.history',
  'message.count_old',
  'message.preserved',
  'message.get',
  'message.edits',
  'message.search',
  'message.scheduled',
  'direct.list',
  'reaction.list',
  'pin.list',
  'thread.history',
  'unread.list',
  'receipt.list',
  'notification.list',
  'push.key',
  'push.list',
  'preferences.get',
  'block.list',
  'bookmark.list',
  'draft.list',
  'file.get',
  'file.list',
  'file.sign',
  'file.usage',
  'view.list',
  'event.list',
  'server.about',
  'server.status',
  'server.top',
  'server.sessions',
  'server.streams',
  'server.followers',
  'server.check',
  'server.verify',
  'server.doctor',
  'cluster.status',
  'import.people',
  'import.list',
])

/** The key under which a request's name is sent. */
export function kindOf(name: RequestName): 'command' | 'query' {
  return QUERIES.has(name) ? 'query' : 'command'
}

export interface AccountEvents {
  /** The account was made. `owner` and `scopes` are a bot's; `placeholder`: an import made it. A client does nothing: the profile came with `session.open`. */
  'account.created': AccountCreated
  /** The fields that changed, and the `reason` of an operator. A client changes its profile. */
  'account.updated': AccountUpdated
  /** The account has a new name. A client changes its name. */
  'account.renamed': AccountRenamed
  /** How the account signs in has changed, or somebody used a right over it: `by` says who. `recovery_link`: an operator made one, `recovered`: it was used; `device_added`: it signed in anew; `token_made`, `signed_out`, `exported`: an operator did. A client tells its person. */
  'account.secured': AccountSecured
  /** Nothing is left of the account but a stub. A client ends. */
  'account.deleted': AboutAccount
  /** The account has a new bot. A client adds it. */
  'bot.created': BotScopes
  /** A bot has other scopes. A client changes it. */
  'bot.updated': BotScopes
  /** A bot was deleted. A client removes it. */
  'bot.deleted': BotDeleted
  /** The account reported a message. A client does nothing. */
  'message.reported': MessageReported
  /** The account resolved a report. A client asks `report.list` where it shows reports. */
  'report.resolved': ReportResolved
  /** The account was notified of a message: its id, why, which message by whom, and the `position` of that message or of the edit that brought the mention (`source`); or (`kind` `scheduled`) that a message of its own was not posted, and the `reason`. A client adds it, unread, and makes a sound unless `quiet`; or leaves it out, if the message has just been deleted. */
  'notification.created': NotificationCreated
  /** A client marks these as read. */
  'notification.read': NotificationRead
  /** The account marked what came from `seq` on in a room as unread. A client asks `unread.list` how far it has read by now, and `notification.list`. */
  'read.marked_unread': MessageOfRoom
  /** The account hears of a room in another way; `muted_until` 0: it is not muted any more. */
  'subscription.updated': SubscriptionUpdated
  /** The fields that changed. A client changes its preferences. */
  'preferences.updated': PreferencesUpdated
  /** A client adds the bookmark, or changes its note. */
  'bookmark.added': BookmarkAdded
  /** A client removes the bookmark. */
  'bookmark.removed': MessageOfRoom
  /** The account follows a thread, named by its root. */
  'thread.followed': MessageOfRoom
  /** The account no longer follows a thread. */
  'thread.unfollowed': MessageOfRoom
  /** The account has blocked somebody. A client hides what they do, and asks `direct.list` and `unread.list` again. */
  'block.added': Blocked
  /** The account has blocked somebody no longer. A client does as for `block.added`. */
  'block.removed': Blocked
  /** The account has accepted a direct room. A client lists it (`room.get`); it is no request. */
  'direct.accepted': AboutRoom
  /** The account has declined a request. A client removes the room. */
  'direct.declined': UpTo
  /** The account has left a direct room of two at its event `seq`. A client removes the room until the next message in it. */
  'direct.left': UpTo
  /** The account has uploaded a file, or (`imported`) an operator for it, as an import does. A client that shows uploads adds it. */
  'file.added': FileAdded
  /** A file of the account was deleted: by the account, or (`by` `system`) because nothing held it any more. A client removes it. Files that are erased with their message have no event of their own. */
  'file.deleted': AboutFile
}

export interface SpaceEvents {
  /** The space was made. A client waits for its own `member.joined`. */
  'space.created': SpaceCreated
  /** The fields that changed. A client changes the space. */
  'space.updated': SpaceUpdated
  /** The space is locked. A client shows it; guests do not write. */
  'space.locked': Reason
  /** The space is no longer locked. */
  'space.unlocked': Reason
  /** A client removes the space with all its rooms. */
  'space.deleted': Reason
  /** A client adds a member; if the member is itself, it loads the space. `owner` is a bot's. */
  'member.joined': JoinedSpace | Hidden
  /** A client removes a member, from the space's rooms too; if it is itself, the space with its rooms. */
  'member.left': Left | Hidden
  /** A moderator removed a member. A client does as for `member.left`. */
  'member.kicked': AboutAccount | Hidden
  /** A moderator banned an account, which need not have been a member. A client does as for `member.left`, and adds it to the bans where it shows them. */
  'member.banned': Restricted | Hidden
  /** A client removes the account from the bans. */
  'member.unbanned': AboutAccount | Hidden
  /** A client changes the role; if it is its own, it changes what it offers, and loads what it may see now (`room.list`, `invite.list`). */
  'member.role_set': RoleChanged | Hidden
  /** The member's account was disabled, or its owner's: nobody reaches it. A client marks the member, in the space's rooms too, and does not offer to mention or invite it. */
  'member.disabled': AboutMember | Hidden
  /** The member's account is not disabled any more. A client takes the mark away. */
  'member.enabled': AboutMember | Hidden
  /** If the member is itself, a client does not offer to write. */
  'member.muted': Restricted | Hidden
  /** If the member is itself, a client offers to write again. */
  'member.unmuted': AboutAccount | Hidden
  /** An admin ordered all messages of an account to be erased at `due_at`. A client adds it where it shows such orders. */
  'member.erasure_ordered': ErasureOrdered | Hidden
  /** The order was taken back, or lapsed (by `system`). A client removes it where it shows such orders. */
  'member.erasure_cancelled': AboutAccount | Hidden
  /** The order was carried out; an event deleted each message. A client removes the order where it shows such orders. */
  'member.messages_erased': AboutAccount | Hidden
  /** A client adds the invite where it shows invites. A `member.joined` names the invite that it used. */
  'invite.created': InviteCreated | Hidden
  /** A client removes the invite. */
  'invite.revoked': InviteRevoked | Hidden
  /** A public room was made in the space. A client lists it among the rooms to join. A room that it is not in tells it nothing more: it asks `room.list` when it opens the list. */
  'room.created': PublicRoomCreated | Hidden
  /** A client adds it to what it offers as reactions. */
  'emoji.added': EmojiAdded
  /** A client removes it. */
  'emoji.removed': EmojiRemoved
  /** Somebody (`by`) began to export the space with its rooms. A client tells its person. */
  'space.exported': Nothing
  /** Somebody (`by`) imports into the space what another chat has exported. A client tells its person. */
  'import.begun': ImportBegun
  /** The import is complete. */
  'import.finished': AboutImport
  /** The import was taken back. */
  'import.undone': AboutImport
  /** Messages in its rooms are erased after `keep_days`; 0: never. A client shows it. */
  'space.retention_set': RetentionOfSpace
  /** A legal hold on all its rooms begins or ends. A client shows it. */
  'space.hold_set': HoldSet
}

export interface RoomEvents {
  /** The room was made; a direct room has no `space`, but the `accounts` that it is for. A client waits for its own `member.joined`. */
  'room.created': RoomCreated
  /** A client adds a member; if the member is itself, it loads the room. `entry` is the seq in the space's stream with which the account had joined the space. */
  'member.joined': JoinedRoom
  /** A client removes a member; if it is itself, the room. */
  'member.left': Left
  /** A moderator removed a member. A client does as for `member.left`. */
  'member.kicked': AboutAccount
  /** In a direct room: a member's account was disabled, or its owner's. A client marks it; in other rooms the event of the space says so. */
  'member.disabled': AboutMember
  /** In a direct room: a member's account is not disabled any more. A client takes the mark away. */
  'member.enabled': AboutMember
  /** The fields that changed, and the reason, which is no part of the room. */
  'room.updated': RoomUpdated
  /** A client closes the room for writing. */
  'room.archived': Nothing
  /** A client opens the room for writing. */
  'room.unarchived': Nothing
  /** A client closes the room for writing, but for moderators, and for reactions. */
  'room.locked': Reason
  /** The room is no longer locked. */
  'room.unlocked': Reason
  /** `allow` null takes the override away. If it is about its account or role, a client changes what it offers. */
  'room.override_set': OverrideChanged
  /** A client removes the room. `imported`: it went with this import, which was taken back. */
  'room.deleted': RoomDeleted
  /** A client adds the message. It knows its own by the `nonce`. It counts one more reply in `thread`, one more unread message, and a mention, but for what was `imported`: that has times of long ago and is news to nobody; a bot does not answer it. `attachments` are ids of files, `files` says what is known of them; what was deleted since is missing there. */
  'message.posted': MessagePosted
  /** A client gives message `seq` this text, these mentions or none, and `edited_at`. It shows a notification of the kind `mention` as long as the text mentions the account. What was `imported` mentions nobody anew. */
  'message.edited': MessageEdited
  /** A client removes the text, files, mentions, reactions, pin, bookmark and notifications of message `seq`, and counts one unread message less if it was unread. `expired`: its own time was over; `retention`: that of the room was. */
  'message.deleted': MessageDeleted
  /** A client adds the account `by` to the reaction. */
  'reaction.added': Reacted
  /** A client removes the account `by` from the reaction. */
  'reaction.removed': Reacted
  /** A client pins the message. */
  'pin.added': AboutMessage
  /** A client unpins the message. */
  'pin.removed': AboutMessage
  /** Somebody (`by`) began to export the room. A client tells its person. */
  'room.exported': Nothing
  /** Messages are erased after `keep_days`; 0: never, null: as the space says. A client shows it. */
  'room.retention_set': RetentionOfRoom
  /** A legal hold on the room begins or ends. A client shows it. */
  'room.hold_set': HoldSet
  /** A message that was deleted under a legal hold is erased, since that has ended. A client does nothing. */
  'message.erased': AboutMessage
}

export interface ServerEvents {
  /** Somebody made a copy of the database: the file on the server, its size in bytes, and the position up to which it goes. */
  'backup.created': BackupMade
  /** This database is a copy that was put back at `restored_at`, and went up to position `upto`; logged when a server starts on it. */
  'backup.restored': BackupRestored
  /** Somebody had a view built again. */
  'view.rebuilt': ViewRebuilt
  /** Somebody had disk given back: bytes of the database and the views' file, before and after. */
  'server.compacted': DatabaseCompacted
}

/** Of all streams. */
export interface Events {
  'account.created': AccountCreated
  'account.updated': AccountUpdated
  'account.renamed': AccountRenamed
  'account.secured': AccountSecured
  'account.deleted': AboutAccount
  'bot.created': BotScopes
  'bot.updated': BotScopes
  'bot.deleted': BotDeleted
  'message.reported': MessageReported
  'report.resolved': ReportResolved
  'notification.created': NotificationCreated
  'notification.read': NotificationRead
  'read.marked_unread': MessageOfRoom
  'subscription.updated': SubscriptionUpdated
  'preferences.updated': PreferencesUpdated
  'bookmark.added': BookmarkAdded
  'bookmark.removed': MessageOfRoom
  'thread.followed': MessageOfRoom
  'thread.unfollowed': MessageOfRoom
  'block.added': Blocked
  'block.removed': Blocked
  'direct.accepted': AboutRoom
  'direct.declined': UpTo
  'direct.left': UpTo
  'file.added': FileAdded
  'file.deleted': AboutFile
  'space.created': SpaceCreated
  'space.updated': SpaceUpdated
  'space.locked': Reason
  'space.unlocked': Reason
  'space.deleted': Reason
  'member.joined': JoinedSpace | Hidden | JoinedRoom
  'member.left': Left | Hidden
  'member.kicked': AboutAccount | Hidden
  'member.banned': Restricted | Hidden
  'member.unbanned': AboutAccount | Hidden
  'member.role_set': RoleChanged | Hidden
  'member.disabled': AboutMember | Hidden
  'member.enabled': AboutMember | Hidden
  'member.muted': Restricted | Hidden
  'member.unmuted': AboutAccount | Hidden
  'member.erasure_ordered': ErasureOrdered | Hidden
  'member.erasure_cancelled': AboutAccount | Hidden
  'member.messages_erased': AboutAccount | Hidden
  'invite.created': InviteCreated | Hidden
  'invite.revoked': InviteRevoked | Hidden
  'room.created': PublicRoomCreated | Hidden | RoomCreated
  'emoji.added': EmojiAdded
  'emoji.removed': EmojiRemoved
  'space.exported': Nothing
  'import.begun': ImportBegun
  'import.finished': AboutImport
  'import.undone': AboutImport
  'space.retention_set': RetentionOfSpace
  'space.hold_set': HoldSet
  'room.updated': RoomUpdated
  'room.archived': Nothing
  'room.unarchived': Nothing
  'room.locked': Reason
  'room.unlocked': Reason
  'room.override_set': OverrideChanged
  'room.deleted': RoomDeleted
  'message.posted': MessagePosted
  'message.edited': MessageEdited
  'message.deleted': MessageDeleted
  'reaction.added': Reacted
  'reaction.removed': Reacted
  'pin.added': AboutMessage
  'pin.removed': AboutMessage
  'room.exported': Nothing
  'room.retention_set': RetentionOfRoom
  'room.hold_set': HoldSet
  'message.erased': AboutMessage
  'backup.created': BackupMade
  'backup.restored': BackupRestored
  'view.rebuilt': ViewRebuilt
  'server.compacted': DatabaseCompacted
}

export interface Signals {
  /** Unread is what comes after `seq`; notifications up to it are read. */
  'read.marked': ReadMarked
  /** `by` has read up to the seq `read`. In larger rooms a client asks `receipt.list`. */
  'receipt': ReadReceipt
  /** `by` is typing. A client takes the sign away after `expires_in` seconds, or when the message comes. */
  'typing': Typing
  /** The account's presence has changed. */
  'presence': PresenceChanged
  /** A draft has changed; an empty `text`: there is none any more. */
  'draft.set': DraftSet
  /** The entry as `message.schedule` gives it; or `id` and `gone`: it was posted or taken back. */
  'scheduled.changed': ScheduledChanged
}

/** What the payload is for those who may not see it; every field is then missing. */
export type Hidden = Readonly<Record<string, never>>

export type RequestName = keyof Requests
export type DataOf<N extends RequestName> = Requests[N]['data']
export type ResultOf<N extends RequestName> = Requests[N]['result']

/** An event as it comes; `T` is one type of event, or several. */
export type EventOf<T extends keyof Events> = {
  [N in T]: {
    readonly event: N
    readonly stream: string
    readonly seq: number
    readonly position: number
    readonly hash?: string
    readonly at: number
    readonly by: string
    readonly data: Events[N]
  }
}[T]

/** A signal as it comes; `T` is one type of signal, or several. */
export type SignalOf<T extends keyof Signals> = {
  [N in T]: { readonly signal: N; readonly stream: string; readonly by: string; readonly data: Signals[N] }
}[T]
