-- The whole data model of chatd, version 1. Read this first.
--
-- The log (events, bodies) is the source of truth. The tables under "projections" are derived from it by
-- the triggers at the end, in the transaction of the event itself: a row and its event are both durable
-- or neither is, and replaying the log into empty tables gives the same rows. The tables under "beside
-- the log" are durable too, but nothing in the log says what is in them: secrets, read markers, snapshots.
--
-- Terms: an id is a ULID in text. A time (`at`, `…_at`) is Unix milliseconds. `by` is an account's id,
-- `operator:<uid>` or `system`. A stream is `room/<id>`, `space/<id>`, `account/<id>` or `server/main`.
--
-- SQLite does not enforce the references (that would cost a look-up for every insert); `chatctl server
-- check` does.


-- the database itself ---------------------------------------------------------------------------------

-- `epoch` identifies this log: a restored copy gets another one, so that no client resumes from a cursor
-- that belongs to a different history. `created_at` is when the database was made. `latest_at`, if there is one: the
-- latest time that the clock had shown when it was set back. `lock` is the inode and the time of change of the lock file
-- at the newest start: another one at the next start means that the folder is a copy. `restored`, until a
-- server has logged it: the JSON object `{"at", "by", "upto"}` of the restore that made this file.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Epochs of a database whose folder was found to be a copy: the one that clients are told (`until` is NULL) instead of that
-- in `meta`, and former ones, whose cursors are good up to the position `until`.
CREATE TABLE epochs (
    epoch TEXT PRIMARY KEY,
    until INTEGER
) STRICT, WITHOUT ROWID;

-- `signing`: 32 random bytes; the key that signs access tokens. `push`: 48 random bytes, from which the key is made that
-- push services know this server by.
CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;


-- the log ---------------------------------------------------------------------------------------------

-- One row per event, never changed. `position` orders the whole log, `seq` counts within the stream from 1.
-- `body` is SHA-256 of the body's salt and text, for events that have a text. `hash` chains each event to
-- the one before: SHA-256 of the previous hash, `body` (32 zero bytes without one) and, joined by NUL,
-- position, stream, seq, type, at, by, data.
-- Whoever decided that an account, a room or a space has a name has folded it as well: beside it, in `data` or in the body,
-- stands `folded`, which has for each such field `key` and `skeleton` (`chatd.domain.names.folded`). Triggers compare and
-- copy these and call no function of chatd's, so that every database makes the same rows of the same log.
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    data TEXT NOT NULL, -- a JSON object
    body BLOB,
    hash BLOB NOT NULL,
    UNIQUE (stream, seq)
) STRICT;

-- The events that `audit.list` shows: those that the contract's table of events calls audited, in its order, but for
-- messages whose time was over, which nobody deleted. Most
-- events are ruled out first, because SQLite makes a table of the list for each event that it looks for there.
CREATE INDEX events_audited ON events (stream, position) WHERE type <> 'message.posted' AND type <> 'message.edited' AND type <> 'reaction.added'
    AND type <> 'notification.created' AND (type <> 'message.deleted' OR by <> 'system') AND type IN (
        'space.created', 'space.updated', 'space.locked', 'space.unlocked', 'space.deleted', 'member.joined',
        'member.left', 'member.kicked', 'member.banned', 'member.unbanned', 'member.role_set', 'member.muted',
        'member.unmuted', 'member.erasure_ordered', 'member.erasure_cancelled', 'member.messages_erased',
        'invite.created', 'invite.revoked', 'room.created', 'emoji.added', 'emoji.removed', 'space.exported',
        'import.begun', 'import.finished', 'import.undone', 'space.retention_set', 'space.hold_set',
        'room.updated', 'room.archived', 'room.unarchived', 'room.locked',
        'room.unlocked', 'room.override_set', 'room.deleted', 'message.deleted', 'pin.added', 'pin.removed', 'room.exported',
        'room.retention_set', 'room.hold_set',
        'backup.created', 'backup.restored', 'view.rebuilt', 'server.compacted'
    );
-- Of the same, what others did to accounts.
CREATE INDEX events_over_accounts ON events (position) WHERE type > 'account.' AND type < 'account/' AND type IN (
        'account.created', 'account.updated', 'account.renamed', 'account.secured', 'account.deleted'
    ) AND (by <> substr(stream, 9) OR type = 'account.deleted');
-- What people took off messages, and custom emoji that they removed: no import brings that again.
CREATE INDEX events_taken_off ON events (stream, data ->> 'seq')
    WHERE type = 'reaction.removed' OR type = 'pin.removed' OR type = 'emoji.removed';
-- For the invites in the export of an account.
CREATE INDEX invites_by_author ON events (by, position) WHERE type = 'invite.created';

-- The texts of messages and, as JSON objects, personal data of accounts (names, profiles, notes, settings). They are
-- kept apart from their events, so that erasing one leaves the chain of hashes valid. Erasing overwrites the text in
-- place and keeps the row: deleting the row would make SQLite move its neighbours between pages, and `secure_delete`
-- does not overwrite the copies that this leaves behind, in which a neighbour could be read after its own erasure.
-- Without the salt, which is erased with the text, a short text could be guessed from its digest.
-- `preserved`: deleted under a legal hold. Nobody is shown it as what it was, but it stays until the hold has ended.
CREATE TABLE body_rows (
    position INTEGER PRIMARY KEY REFERENCES events,
    salt BLOB NOT NULL,
    text TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0,
    preserved INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE VIEW bodies AS
SELECT position, salt, text FROM body_rows WHERE NOT erased AND NOT preserved;

CREATE VIEW preserved_bodies AS
SELECT position, salt, text FROM body_rows WHERE preserved AND NOT erased;

-- The zeros are as many as there were bytes, because SQLite writes a row of the same size in the same place.
CREATE TRIGGER body_erased INSTEAD OF DELETE ON bodies BEGIN
    UPDATE body_rows SET salt = zeroblob(length(salt)), text = CAST(zeroblob(length(CAST(text AS BLOB))) AS TEXT),
        erased = 1
    WHERE position = old.position;
END;

CREATE TRIGGER body_preserved INSTEAD OF INSERT ON preserved_bodies BEGIN
    UPDATE body_rows SET preserved = 1 WHERE position = new.position AND NOT erased;
END;

CREATE TRIGGER preserved_body_erased INSTEAD OF DELETE ON preserved_bodies BEGIN
    UPDATE body_rows SET salt = zeroblob(length(salt)), text = CAST(zeroblob(length(CAST(text AS BLOB))) AS TEXT),
        erased = 1
    WHERE position = old.position;
END;


-- projections -----------------------------------------------------------------------------------------

-- `name_key` is the name as it is compared: NFKC, then casefolded. A deleted account keeps its id and nothing
-- else; its `name_key` then has a space, which no name has. `placeholder`: an import made it, and its person has not
-- signed in yet.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    about TEXT,
    avatar TEXT,
    admin INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    placeholder INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Every name that an account has or has had. No other account can take it, and a mention of it still means this one.
CREATE TABLE account_names (
    name_key TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_names_by_account ON account_names (account);

-- The skeletons of these names (`chatd.domain.names.keys`), so that nobody takes a name that can be mistaken for another
-- one.
CREATE TABLE name_skeletons (
    skeleton TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts
) STRICT, WITHOUT ROWID;

CREATE INDEX name_skeletons_by_account ON name_skeletons (account);

-- What living rooms are called in their space (`scope` is its id), and living spaces on the server (`scope` is `spaces`),
-- by the keys of their names (`shown_keys` in `chatd.domain.names.keys`); `stream` is that of the room or space.
CREATE TABLE shown_names (
    stream TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    name_key TEXT NOT NULL,
    skeleton TEXT NOT NULL,
    by TEXT NOT NULL, -- who gave the name
    hidden INTEGER NOT NULL -- a private room: only its members know of its name
) STRICT, WITHOUT ROWID;

CREATE INDEX shown_names_by_key ON shown_names (scope, name_key);
CREATE INDEX shown_names_by_skeleton ON shown_names (scope, skeleton);

-- Accounts that act for another one, their owner. `scopes` is a JSON array of the names of scopes.
CREATE TABLE bots (
    account TEXT PRIMARY KEY REFERENCES accounts,
    owner TEXT NOT NULL REFERENCES accounts,
    scopes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bots_by_owner ON bots (owner);

CREATE TABLE spaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    icon TEXT,
    owner TEXT REFERENCES accounts, -- of its owners the one who has been owner for longest
    locked INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    keep_days INTEGER NOT NULL DEFAULT 0, -- after which messages are erased; 0: never
    hold INTEGER NOT NULL DEFAULT 0, -- a legal hold, on all its rooms
    retention_at INTEGER NOT NULL DEFAULT 0, -- when one of these two was set last
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `space` is NULL for a direct room. The newest seq of a room is found in `events`. `keep_days`, `hold` and `retention_at`
-- are as those of a space; a room whose `keep_days` is NULL does as its space says.
CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    space TEXT REFERENCES spaces,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    private INTEGER NOT NULL,
    topic TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,
    slow_mode INTEGER NOT NULL DEFAULT 0, -- seconds
    deleted INTEGER NOT NULL DEFAULT 0,
    keep_days INTEGER,
    hold INTEGER NOT NULL DEFAULT 0,
    retention_at INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    opened_by TEXT REFERENCES accounts -- of a direct room: the account whose new rooms of the day it counts among
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_by_space ON rooms (space);
CREATE INDEX rooms_by_maker ON rooms (made_by);
CREATE INDEX rooms_by_opener ON rooms (opened_by, created_at) WHERE opened_by IS NOT NULL;

-- Who was a member of which stream, from the event that let them in (`since`) to the one that let them out
-- (`until`, NULL while they are members). They are sent both of these events and all between them, whenever they ask,
-- with as much of each as they may see by then.
-- An account is a member of its own stream.
CREATE TABLE members (
    account TEXT NOT NULL REFERENCES accounts,
    stream TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES events,
    until INTEGER REFERENCES events,
    role TEXT,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (account, stream, since)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX members_now ON members (stream, account) WHERE until IS NULL;
CREATE INDEX members_past ON members (stream, until) WHERE until IS NOT NULL;
CREATE INDEX members_ever ON members (stream, since, account);

-- Members of whom their space or direct room has said that they are disabled (`member.disabled`).
CREATE TABLE disabled_members (
    stream TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    PRIMARY KEY (stream, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX accounts_disabled ON accounts (id) WHERE disabled;

-- Who is disabled, and their bots.
CREATE VIEW shut_out AS
SELECT id AS account FROM accounts WHERE disabled AND NOT deleted
UNION
SELECT bots.account FROM accounts CROSS JOIN bots ON bots.owner = accounts.id WHERE accounts.disabled;

-- `thread`, of a reply, is the seq of the message that its thread began with. `nth` counts the messages of the
-- room from 1, but for imported ones, which are news to nobody. `imported` is the import that brought it. `mentions` is a JSON array of account ids, and of `here` or `room` where the text has those.
-- `body` is the position of the newest version of the text. `attachments` is a JSON array of the ids of files, or NULL.
-- A deleted message has no text, attachments, reactions or pin.
CREATE TABLE messages (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    nonce TEXT,
    reply_to INTEGER,
    thread INTEGER,
    nth INTEGER NOT NULL,
    mentions TEXT,
    attachments TEXT,
    body INTEGER NOT NULL REFERENCES events,
    edited_at INTEGER,
    expires_at INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    imported TEXT REFERENCES imports,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Exactly once: no author can use a nonce twice in a room.
CREATE UNIQUE INDEX messages_once ON messages (room, by, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX messages_by_author ON messages (room, by, deleted);
CREATE INDEX messages_by_thread ON messages (room, thread) WHERE thread IS NOT NULL;
CREATE INDEX messages_replies ON messages (room, thread) WHERE thread IS NOT NULL AND NOT deleted;
CREATE INDEX messages_deleted ON messages (room, seq, deleted, imported) WHERE deleted;
CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL AND NOT deleted;
CREATE INDEX messages_imported ON messages (imported) WHERE imported IS NOT NULL AND NOT deleted;

-- Imports into a space of what another chat has exported. `source` is the workspace or server that it came from.
CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces,
    format TEXT NOT NULL,
    source TEXT NOT NULL,
    by TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    finished_at INTEGER,
    undone_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX imports_by_space ON imports (space, id);

-- By which `key` of its export an imported message is known, also when it is deleted: nothing is imported twice, unless
-- the import was taken back.
CREATE TABLE imported_messages (
    room TEXT NOT NULL REFERENCES rooms,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room, key)
) STRICT, WITHOUT ROWID;

-- The versions of a message after its first one. Their texts stay in `bodies` until the message is deleted.
CREATE TABLE edits (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    PRIMARY KEY (room, seq, position)
) STRICT, WITHOUT ROWID;

-- `account` is an account's id, or `room` for a message that mentions everybody in it.
CREATE TABLE mentions (
    account TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room, seq)
) STRICT, WITHOUT ROWID;

-- Mentions that are no news to the account: when a version of the text first named it, it heard nothing of the room (level,
-- mute, a request it declined) or of the author. Later versions change nothing about that.
CREATE TABLE unheard_mentions (
    account TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room, seq)
) STRICT, WITHOUT ROWID;

-- `emoji` is one grapheme, or `:name:` of a custom emoji of the room's space.
CREATE TABLE reactions (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    position INTEGER NOT NULL REFERENCES events,
    PRIMARY KEY (room, seq, emoji, account)
) STRICT, WITHOUT ROWID;

-- Files that were uploaded; the bytes stand elsewhere, by their hash (SHA-256, in hexadecimal). `preview` is the hash of
-- a smaller picture. What else is said of a file (`name`, `width`, `height`) stands in the body of its event at
-- `position`, and nowhere else. Of a deleted file there is only that it was there.
CREATE TABLE files (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    position INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT,
    preview TEXT,
    deleted INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX files_by_account ON files (account, id, size) WHERE NOT deleted;
CREATE INDEX files_by_hash ON files (hash) WHERE hash IS NOT NULL;
CREATE INDEX files_by_preview ON files (preview) WHERE preview IS NOT NULL;

-- Which messages have a file: `attachments` of `messages`, the other way round.
CREATE TABLE attachments (
    file TEXT NOT NULL REFERENCES files,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (file, room, seq)
) STRICT, WITHOUT ROWID;

-- Rooms in which nothing may be lost, because of a legal hold on them or on their space.
CREATE VIEW rooms_on_hold AS
SELECT rooms.id AS room FROM rooms LEFT JOIN spaces ON spaces.id = rooms.space WHERE rooms.hold OR spaces.hold;

-- Messages that were deleted under a legal hold, until they are erased after its end (`message.erased`), and the files
-- that they had. `position` is that of `message.deleted`.
CREATE TABLE preserved_messages (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL REFERENCES events,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE preserved_attachments (
    file TEXT NOT NULL REFERENCES files,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (file, room, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX preserved_attachments_by_message ON preserved_attachments (room, seq);

-- Files that may not be deleted, because of a legal hold.
CREATE VIEW files_on_hold AS
SELECT file FROM preserved_attachments
UNION ALL
SELECT file FROM attachments WHERE EXISTS (SELECT 1 FROM rooms_on_hold WHERE rooms_on_hold.room = attachments.room);

-- The smaller indexes by which it is found whose picture a file is; a picture may also be a web address.
CREATE INDEX accounts_by_avatar ON accounts (avatar) WHERE avatar IS NOT NULL;
CREATE INDEX spaces_by_icon ON spaces (icon) WHERE icon IS NOT NULL;

CREATE TABLE pins (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Who is notified of replies. Whoever began a thread or wrote in it follows it, until they unfollow it.
CREATE TABLE thread_followers (
    room TEXT NOT NULL REFERENCES rooms,
    thread INTEGER NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    following INTEGER NOT NULL,
    PRIMARY KEY (room, thread, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_followers_by_account ON thread_followers (account);

CREATE TABLE emoji (
    space TEXT NOT NULL REFERENCES spaces,
    name TEXT NOT NULL,
    image TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (space, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX emoji_by_image ON emoji (image);

-- What holds a file: messages that can be read or are preserved, and pictures of accounts, spaces and emoji. A file that is held by
-- nothing is deleted in the end.
CREATE VIEW held_files AS
SELECT file FROM attachments CROSS JOIN rooms ON rooms.id = attachments.room
WHERE NOT rooms.deleted OR EXISTS (SELECT 1 FROM rooms_on_hold WHERE room = rooms.id)
UNION ALL
SELECT file FROM preserved_attachments
UNION ALL
SELECT avatar AS file FROM accounts WHERE avatar IS NOT NULL
UNION ALL
SELECT icon AS file FROM spaces WHERE icon IS NOT NULL AND NOT deleted
UNION ALL
SELECT image AS file FROM emoji CROSS JOIN spaces ON spaces.id = emoji.space WHERE NOT spaces.deleted;

-- Of what in a room an account is notified: `level` is `all`, `mentions` or `none`. Without a row it is `mentions`,
-- in a direct room `all`.
CREATE TABLE subscriptions (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    level TEXT,
    muted_until INTEGER,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriptions_by_room ON subscriptions (room, level);

-- `quiet_from` and `quiet_to` are minutes of the day in `time_zone` (IANA); when equal or NULL there are no quiet hours.
-- `receipts`: whether others may see what the account has received and read. `favourites`, `space_order`, `room_order`
-- and `quick_reactions` are JSON arrays, or NULL. `push_preview`: whether texts go along with what is pushed.
CREATE TABLE preferences (
    account TEXT PRIMARY KEY REFERENCES accounts,
    quiet_from INTEGER,
    quiet_to INTEGER,
    time_zone TEXT,
    receipts INTEGER NOT NULL DEFAULT 1,
    favourites TEXT,
    space_order TEXT,
    room_order TEXT,
    quick_reactions TEXT,
    push_preview INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE bookmarks (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    note TEXT,
    position INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, room, seq)
) STRICT, WITHOUT ROWID;

-- Of whom an account wants to hear nothing.
CREATE TABLE blocks (
    account TEXT NOT NULL REFERENCES accounts,
    blocked TEXT NOT NULL REFERENCES accounts,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, blocked)
) STRICT, WITHOUT ROWID;

CREATE INDEX blocks_by_blocked ON blocks (blocked);

-- Whom an account does not hear: those on its block list, and their bots.
CREATE VIEW silenced AS
SELECT account, blocked AS silent FROM blocks
UNION ALL
SELECT blocks.account, bots.account FROM blocks CROSS JOIN bots ON bots.owner = blocks.blocked;

-- What an account made of a direct room: `state` is `accepted`, `declined` or `left`. Messages up to the event `seq`
-- do not put the room on its list again.
CREATE TABLE direct_states (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    state TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

-- Whom each version of a message named, by the position of the version; `room` and `here` as the text has them.
CREATE VIEW namings AS
SELECT messages.room, messages.seq, events.position, named.value AS account
FROM messages CROSS JOIN events ON events.position = messages.position
CROSS JOIN json_each(events.data, '$.mentions') AS named
UNION ALL
SELECT edits.room, edits.seq, events.position, named.value
FROM edits CROSS JOIN events ON events.position = edits.position
CROSS JOIN json_each(events.data, '$.mentions') AS named;

-- Reports of messages to the moderators of a space, or (`space` NULL) of a direct room to the operators.
CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    space TEXT REFERENCES spaces,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    by TEXT NOT NULL,
    reason TEXT, -- NULL once the account that reported it is deleted
    at INTEGER NOT NULL,
    resolved_by TEXT,
    resolved_at INTEGER,
    resolution TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX reports_by_space ON reports (space, id);
CREATE INDEX reports_by_author ON reports (by, id);
CREATE INDEX reports_resolved ON reports (resolved_by) WHERE resolved_by IS NOT NULL;


-- Orders to erase what an account wrote in the rooms of a space, before the event at `position`, when `due_at` has come.
CREATE TABLE message_erasures (
    space TEXT NOT NULL REFERENCES spaces,
    account TEXT NOT NULL REFERENCES accounts,
    position INTEGER NOT NULL REFERENCES events,
    by TEXT NOT NULL,
    reason TEXT,
    ordered_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (space, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_erasures_due ON message_erasures (due_at);


-- beside the log --------------------------------------------------------------------------------------

-- `nth`: the number of messages that the room had at `seq`, see `messages`. `furthest` is what `seq` once was at most:
-- who marks something as unread is still shown to others as somebody who has read it.
CREATE TABLE read_markers (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    furthest INTEGER NOT NULL,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

-- Which account and which room stand for a person and a room of an imported `source`. What the source calls a person
-- goes with the account. `import` is the one that made them; NULL: the account was there before.
CREATE TABLE import_people (
    space TEXT NOT NULL REFERENCES spaces,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    import TEXT REFERENCES imports,
    PRIMARY KEY (space, source, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_people_by_account ON import_people (account);

CREATE TABLE import_rooms (
    space TEXT NOT NULL REFERENCES spaces,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES rooms,
    import TEXT REFERENCES imports,
    PRIMARY KEY (space, source, key)
) STRICT, WITHOUT ROWID;

-- The position up to which some session of the account has received everything.
CREATE TABLE deliveries (
    account TEXT PRIMARY KEY REFERENCES accounts,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `mode` is `dnd` or `invisible` where the account chose one; `last_seen` is when its last session ended.
CREATE TABLE presence (
    account TEXT PRIMARY KEY REFERENCES accounts,
    mode TEXT,
    last_seen INTEGER
) STRICT, WITHOUT ROWID;

-- `thread` is 0 outside threads.
CREATE TABLE drafts (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    thread INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, room, thread)
) STRICT, WITHOUT ROWID;

-- Messages to be posted at `post_at`. `retry_at`: when to try again, after a refusal that passes. `failed` says why one
-- was refused for good. `attachments` is a JSON array of the ids of files, or NULL.
CREATE TABLE scheduled (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    text TEXT NOT NULL,
    attachments TEXT,
    reply_to INTEGER,
    expires_in INTEGER,
    post_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    retry_at INTEGER,
    failed TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX scheduled_due ON scheduled (coalesce(retry_at, post_at)) WHERE failed IS NULL;
CREATE INDEX scheduled_by_account ON scheduled (account);
CREATE INDEX scheduled_attachments ON scheduled (id) WHERE attachments IS NOT NULL;

-- Hashes of bytes that a file had which is deleted: to be taken away, unless another file has them too.
CREATE TABLE dropped_blobs (
    hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The position up to which a follower that acts on the log has acted. (Views keep theirs in `views.db`.)
CREATE TABLE followers (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- In a cluster each node proposes what is to be logged, one stream orders the proposals, and every node applies all
-- of them. Those of one life of a node, its `proposer`, are applied in their order, each once: `n` is the last one,
-- and `sequence` its place in the stream.
CREATE TABLE proposers (
    proposer TEXT PRIMARY KEY,
    n INTEGER NOT NULL,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What proposals are sealed with now. A database that has this belongs to a cluster. `level`: what may stand in
-- proposals, because all nodes can read it.
CREATE TABLE cluster_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    secret BLOB NOT NULL,
    level INTEGER NOT NULL DEFAULT 1
) STRICT;

-- The nodes that belong to the cluster, whether or not they run now.
CREATE TABLE nodes (
    name TEXT PRIMARY KEY,
    joined_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts whose deletion is under way. `messages`: whether their messages are deleted as well.
CREATE TABLE erasures (
    account TEXT PRIMARY KEY REFERENCES accounts,
    by TEXT NOT NULL,
    reason TEXT,
    messages INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- argon2id, as a PHC string.
CREATE TABLE credentials (
    account TEXT PRIMARY KEY REFERENCES accounts,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A second factor (TOTP, RFC 6238). `used_step` is the newest time step of which a code was accepted, and until it is
-- confirmed the step in which it was begun;
-- `recovery_codes` are the concatenated SHA-256 of the recovery codes that were not used yet.
CREATE TABLE second_factors (
    account TEXT PRIMARY KEY REFERENCES accounts,
    secret BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    used_step INTEGER NOT NULL,
    recovery_codes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys with which an account signs in (WebAuthn). `public_key` is the attested credential data, `count` how often the
-- authenticator says that it has signed, `rp` the name of the server that the key is bound to.
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    credential BLOB NOT NULL UNIQUE,
    public_key BLOB NOT NULL,
    count INTEGER NOT NULL,
    rp TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_by_account ON passkeys (account, created_at);

-- SHA-256 of the codes in the newest recovery links, with any of which an account can set a password, once.
CREATE TABLE recovery_links (
    code_hash BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_links_by_account ON recovery_links (account, expires_at);

-- A signed-in device. `refreshed_at` is null for a bearer token, which is not refreshed.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    name TEXT NOT NULL,
    refreshed_at INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX devices_by_account ON devices (account);

-- SHA-256 of the newest refresh tokens of a device, used and unused. Tabs of one browser that refresh with one token
-- at once each get a successor, so several are good at a time. A used one that comes back later was stolen.
-- `parent`: the hash of the token that it succeeds. `created_at` grows with each of a device, also when the clock went
-- back.
CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY,
    device TEXT NOT NULL REFERENCES devices,
    parent BLOB,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_by_device ON refresh_tokens (device, used_at IS NULL, created_at);
CREATE INDEX refresh_tokens_by_parent ON refresh_tokens (parent, used_at);

-- Where a device is notified by web push: an address at a push service, and the browser's key and secret (RFC 8291).
CREATE TABLE pushes (
    device TEXT PRIMARY KEY REFERENCES devices,
    account TEXT NOT NULL REFERENCES accounts,
    endpoint TEXT NOT NULL,
    p256dh BLOB NOT NULL,
    auth BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pushes_by_account ON pushes (account, at);

CREATE TRIGGER device_dropped AFTER DELETE ON devices BEGIN
    DELETE FROM refresh_tokens WHERE device = old.id;
    DELETE FROM pushes WHERE device = old.id;
END;

-- Which account signs in as `subject` at the single sign-on provider `issuer` (the `sub` and `iss` of ID tokens).
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_by_account ON identities (account);

-- SHA-256 of an invite's code, and which invite that is. The invite itself is in the log of its space.
CREATE TABLE invite_codes (
    code_hash BLOB PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces,
    invite TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invite_codes_by_invite ON invite_codes (invite);

-- SHA-256 of the one-time code that makes the first account. The row is deleted when the code is used.
CREATE TABLE setup_code (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code_hash BLOB NOT NULL
) STRICT;

-- The state of a stream at `seq`, so that loading it does not replay all of its events. Rows may be deleted at any time.
CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;


-- names that are taken --------------------------------------------------------------------------------

-- The names that an account finds taken: those where `account` is itself or NULL. A private room takes its name only
-- from its members; else one could find out by trying that it exists.
CREATE VIEW taken_names AS
SELECT scope, name_key, skeleton, stream, NULL AS account FROM shown_names WHERE NOT hidden
UNION ALL
SELECT scope, name_key, skeleton, stream, account FROM shown_names CROSS JOIN members USING (stream)
WHERE hidden AND until IS NULL;


-- the published read model -----------------------------------------------------------------------------

-- What the views in `views.db` may read of this file (`chatd.ports.views.PUBLISHED`), and nothing else: the tables may
-- change as long as these give the same. None of them groups or sorts, so SQLite uses the indexes of the tables.

-- All events, without texts.
CREATE VIEW log_events AS
SELECT position, stream, seq, type, at, by, data FROM events;

-- The texts that have not been erased, by the position of the event that they came with.
CREATE VIEW log_texts AS
SELECT position, text FROM body_rows WHERE NOT erased AND NOT preserved;

-- All messages. `position` is that of `message.posted`, `body` that of the newest version of the text.
CREATE VIEW log_messages AS
SELECT room, seq, position, body, deleted FROM messages;

-- Whom messages mention as they read now: see `mentions`.
CREATE VIEW log_mentions AS
SELECT account, room, seq FROM mentions;

-- Whom an account does not hear, as `silenced` says.
CREATE VIEW log_silenced AS
SELECT account, blocked AS silent FROM blocks
UNION ALL
SELECT blocks.account, bots.account FROM blocks CROSS JOIN bots ON bots.owner = blocks.blocked;

-- Who was a member of which stream: see `members`.
CREATE VIEW log_members AS
SELECT account, stream, since, until, role FROM members;

-- Rooms; those of a deleted space are deleted too. `space` is NULL for a direct room.
CREATE VIEW log_rooms AS
SELECT id, space, private, deleted FROM rooms;

-- Who is a guest of which space, or the bot of one: they see no members but those of their rooms.
CREATE VIEW guests AS
SELECT account, stream FROM members AS own
WHERE until IS NULL AND stream > 'space/' AND stream < 'space0' AND (
    role = 'guest' OR EXISTS (
        SELECT 1 FROM bots CROSS JOIN members AS owners ON owners.stream = own.stream AND owners.account = bots.owner
        WHERE bots.account = own.account AND owners.until IS NULL AND owners.role = 'guest'
    )
);

-- Who sees the public rooms of which space, as `chatd.domain.policy.roles` says: guests do not, nor bots of guests.
CREATE VIEW log_public_rooms AS
SELECT account, substr(stream, 7) AS space FROM members AS own
WHERE until IS NULL AND role <> 'guest' AND stream > 'space/' AND stream < 'space0' AND NOT EXISTS (
    SELECT 1 FROM bots CROSS JOIN members AS owners ON owners.stream = own.stream AND owners.account = bots.owner
    WHERE bots.account = own.account AND owners.until IS NULL AND owners.role = 'guest'
);

-- Up to which message each account has read each room.
CREATE VIEW log_read_markers AS
SELECT account, room, seq FROM read_markers;


-- what the query planner takes for granted -------------------------------------------------------------

-- Rows in all, and on the average for each value of the first column of an index, of the first two, and so on, as in a
-- server that has been used for a while. Without this SQLite takes every table for a small one, and walks whole rooms
-- where an index would lead to a few rows. It is never measured anew, so that a question costs the same everywhere.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('messages', 'messages', '1000000 1000 1'),
    ('messages', 'messages_once', '1000000 1000 50 1'),
    ('messages', 'messages_by_author', '1000000 1000 50 50'),
    ('messages', 'messages_by_thread', '50000 50 5'),
    ('messages', 'messages_replies', '50000 50 5'),
    ('messages', 'messages_deleted', '1000 10 1 1'),
    ('messages', 'messages_expiring', '1000 1');
ANALYZE sqlite_schema; -- reads them


-- how events become rows ------------------------------------------------------------------------------

-- The writer inserts into this view, and nowhere else into the log. It ignores rows with a NULL position: these are
-- padding, because the writer inserts in batches of a few fixed sizes, whose statements stay prepared.
CREATE VIEW facts AS
SELECT position, stream, seq, type, at, by, data, body, hash, NULL AS salt, NULL AS text FROM events;

-- The body is inserted first, because the triggers on `events` read it.
CREATE TRIGGER fact_logged INSTEAD OF INSERT ON facts WHEN new.position IS NOT NULL BEGIN
    INSERT INTO body_rows (position, salt, text)
    SELECT new.position, new.salt, new.text WHERE new.text IS NOT NULL;
    INSERT INTO events (position, stream, seq, type, at, by, data, body, hash)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data, new.body, new.hash);
END;

-- One trigger per event type; an event of a type without a trigger is logged and changes no table.
-- Messages, what happens to them, and notifications are most of a log. All other types go through one more view,
-- `changes`, and what happens to messages through `message_changes`, so that SQLite checks a few conditions for each
-- of these events instead of one for every trigger.

CREATE TRIGGER message_posted AFTER INSERT ON events
WHEN new.type = 'message.posted' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO messages (room, seq, position, at, by, nonce, reply_to, thread, nth, mentions, attachments,
        body, expires_at, edited_at, imported)
    VALUES (substr(new.stream, 6), new.seq, new.position, new.at, new.by,
        new.data ->> 'nonce', new.data ->> 'reply_to', new.data ->> 'thread',
        coalesce((SELECT nth FROM messages WHERE room = substr(new.stream, 6) ORDER BY seq DESC LIMIT 1), 0)
            + (new.data ->> 'imported' IS NULL),
        new.data -> 'mentions', new.data -> 'attachments', new.position, new.data ->> 'expires_at',
        new.data ->> 'edited_at', new.data ->> 'imported');
END;

CREATE TRIGGER message_imported AFTER INSERT ON messages WHEN new.imported IS NOT NULL BEGIN
    INSERT INTO imported_messages (room, key, seq)
    SELECT new.room, data ->> 'key', new.seq FROM events WHERE position = new.position;
END;

-- What is imported is no news to whom it mentions.
CREATE TRIGGER message_mentions AFTER INSERT ON messages WHEN new.mentions IS NOT NULL AND new.imported IS NULL BEGIN
    INSERT INTO mentions (account, room, seq) SELECT value, new.room, new.seq FROM json_each(new.mentions)
    WHERE value <> 'here';
    INSERT INTO versions (room, seq, position, at, by, mentions)
    VALUES (new.room, new.seq, new.position, new.at, new.by, new.mentions);
END;

CREATE TRIGGER message_attachments AFTER INSERT ON messages WHEN new.attachments IS NOT NULL BEGIN
    INSERT OR IGNORE INTO attachments (file, room, seq) SELECT value, new.room, new.seq
    FROM json_each(new.attachments);
END;

-- A version of a message is inserted into this view where it has mentions, to find who does not hear of them.
CREATE VIEW versions AS
SELECT room, seq, position, at, by, mentions FROM messages;

CREATE TRIGGER mention_unheard INSTEAD OF INSERT ON versions BEGIN
    INSERT OR IGNORE INTO unheard_mentions (account, room, seq)
    SELECT named.value, new.room, new.seq FROM json_each(new.mentions) AS named
    WHERE (EXISTS (
        SELECT 1 FROM subscriptions AS own WHERE own.account = named.value AND own.room = new.room
            AND (level = 'none' OR muted_until > new.at)
    ) OR EXISTS (
        SELECT 1 FROM silenced WHERE silenced.account = named.value AND silent = new.by
    ) OR EXISTS (
        SELECT 1 FROM direct_states AS own WHERE own.account = named.value AND own.room = new.room
            AND state = 'declined' AND NOT EXISTS (
                SELECT 1 FROM messages WHERE messages.room = new.room AND messages.by = named.value
            )
    )) AND NOT EXISTS (
        SELECT 1 FROM namings AS earlier WHERE earlier.room = new.room AND earlier.seq = new.seq
            AND earlier.position < new.position AND earlier.account IN (named.value, 'room')
    );
    -- `@room` names all who are in it; this begins with the few who do not hear of it
    INSERT OR IGNORE INTO unheard_mentions (account, room, seq)
    SELECT deaf.account, new.room, new.seq FROM json_each(new.mentions) AS named CROSS JOIN (
        SELECT account FROM subscriptions WHERE room = new.room AND (level = 'none' OR muted_until > new.at)
        UNION SELECT account FROM silenced WHERE silent = new.by
        UNION SELECT person.account FROM rooms CROSS JOIN members AS person
            ON person.stream = 'room/' || rooms.id AND person.until IS NULL
        CROSS JOIN direct_states AS own ON own.account = person.account AND own.room = rooms.id
        WHERE rooms.id = new.room AND rooms.kind = 'direct' AND own.state = 'declined' AND NOT EXISTS (
            SELECT 1 FROM messages WHERE messages.room = new.room AND messages.by = person.account
        )
    ) AS deaf
    WHERE named.value = 'room' AND EXISTS (
        SELECT 1 FROM members WHERE members.stream = 'room/' || new.room AND members.account = deaf.account
            AND until IS NULL
    ) AND NOT EXISTS (
        SELECT 1 FROM namings AS earlier WHERE earlier.room = new.room AND earlier.seq = new.seq
            AND earlier.position < new.position AND earlier.account IN (deaf.account, 'room')
    );
END;

CREATE TRIGGER message_replied AFTER INSERT ON messages WHEN new.thread IS NOT NULL BEGIN
    INSERT OR IGNORE INTO thread_followers (room, thread, account, following)
    SELECT new.room, new.thread, by, 1 FROM messages WHERE room = new.room AND seq = new.thread
    UNION SELECT new.room, new.thread, new.by, 1;
END;

CREATE VIEW changes AS
SELECT position, stream, seq, type, at, by, data FROM events;

CREATE VIEW message_changes AS
SELECT position, stream, seq, type, at, by, data FROM events;

-- No lists here either.
CREATE TRIGGER fact_changes_message AFTER INSERT ON events
WHEN new.type = 'message.edited' OR new.type = 'message.deleted' OR new.type = 'reaction.added'
    OR new.type = 'reaction.removed' OR new.type = 'pin.added' OR new.type = 'pin.removed' BEGIN
    INSERT INTO message_changes (position, stream, seq, type, at, by, data)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data);
END;

-- `notification.created` is logged for each mention, and changes no table.
CREATE TRIGGER fact_changes AFTER INSERT ON events
WHEN new.type <> 'message.posted' AND new.type <> 'notification.created' AND new.type <> 'reaction.added'
    AND new.type <> 'message.edited' AND new.type <> 'message.deleted' AND new.type <> 'reaction.removed'
    AND new.type <> 'pin.added' AND new.type <> 'pin.removed' BEGIN
    INSERT INTO changes (position, stream, seq, type, at, by, data)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data);
END;

CREATE TRIGGER member_joined INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.joined', 'account.created') BEGIN
    INSERT INTO members (account, stream, since, role, joined_at)
    VALUES (new.data ->> 'account', new.stream, new.position, new.data ->> 'role', new.at)
    ON CONFLICT (stream, account) WHERE until IS NULL DO UPDATE SET role = excluded.role;
    UPDATE spaces SET owner = new.data ->> 'account'
    WHERE id = substr(new.stream, 7) AND new.stream LIKE 'space/%' AND new.data ->> 'role' = 'owner';
END;

CREATE TRIGGER member_left INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.left', 'member.kicked', 'member.banned', 'account.deleted') BEGIN
    UPDATE members SET until = new.position
    WHERE stream = new.stream AND account = new.data ->> 'account' AND until IS NULL;
END;

CREATE TRIGGER member_disabled INSTEAD OF INSERT ON changes
WHEN new.type = 'member.disabled' BEGIN
    INSERT OR IGNORE INTO disabled_members (stream, account) VALUES (new.stream, new.data ->> 'account');
END;

CREATE TRIGGER member_enabled INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.enabled', 'member.left', 'member.kicked', 'member.banned') BEGIN
    DELETE FROM disabled_members WHERE stream = new.stream AND account = new.data ->> 'account';
END;

-- The profile is in the body or, if there was none, in `data`. Where the body was erased, the row becomes what
-- `account.deleted` makes of it.
CREATE TRIGGER account_created INSTEAD OF INSERT ON changes
WHEN new.type = 'account.created' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO accounts (id, name, name_key, display_name, admin, created_at, placeholder)
    SELECT substr(new.stream, 9),
        coalesce(payload ->> 'name', 'deleted-' || lower(substr(new.stream, -8))),
        iif(payload ->> 'name' IS NULL, 'deleted ' || substr(new.stream, 9), payload ->> '$.folded.name.key'),
        coalesce(payload ->> 'display_name', payload ->> 'name', 'Deleted account'),
        coalesce(new.data ->> 'admin', 0), new.at, coalesce(new.data ->> 'placeholder', 0)
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload);
    INSERT INTO bots (account, owner, scopes)
    SELECT substr(new.stream, 9), new.data ->> 'owner', new.data -> 'scopes'
    WHERE new.data ->> 'owner' IS NOT NULL;
END;

-- A name that another account has or had, or one that looks like it, violates a primary key: the transaction fails.
CREATE TRIGGER account_named INSTEAD OF INSERT ON changes
WHEN new.type IN ('account.created', 'account.renamed') AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM account_names
    WHERE account = substr(new.stream, 9) AND name_key = (
        SELECT payload ->> '$.folded.name.key'
        FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
        WHERE payload ->> 'name' IS NOT NULL
    );
    INSERT INTO account_names (name_key, account, name, at)
    SELECT payload ->> '$.folded.name.key', substr(new.stream, 9), payload ->> 'name', new.at
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    WHERE payload ->> 'name' IS NOT NULL;
END;

CREATE TRIGGER name_skeleton_claimed INSTEAD OF INSERT ON changes
WHEN new.type IN ('account.created', 'account.renamed') AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO name_skeletons (skeleton, account)
    SELECT looks, substr(new.stream, 9) FROM (
        SELECT payload ->> '$.folded.name.skeleton' AS looks
        FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
        WHERE payload ->> 'name' IS NOT NULL
    )
    WHERE NOT EXISTS (
        SELECT 1 FROM name_skeletons WHERE skeleton = looks AND account = substr(new.stream, 9)
    );
END;

-- Nobody is shown under a name that another account has or had, nor under one that was not folded: the transaction fails.
CREATE TRIGGER display_name_checked INSTEAD OF INSERT ON changes
WHEN new.type IN ('account.created', 'account.updated') AND new.stream LIKE 'account/%' BEGIN
    SELECT RAISE(ABORT, 'this display name is the name of another account')
    FROM (
        SELECT payload ->> '$.folded.display_name.key' AS shown_key,
            payload ->> '$.folded.display_name.skeleton' AS shown_skeleton
        FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
        WHERE payload ->> 'display_name' IS NOT NULL
    )
    WHERE shown_key IS NULL OR EXISTS (
        SELECT 1 FROM account_names WHERE name_key = shown_key AND account <> substr(new.stream, 9)
    ) OR EXISTS (
        SELECT 1 FROM name_skeletons WHERE skeleton = shown_skeleton AND account <> substr(new.stream, 9)
    );
END;

CREATE TRIGGER shown_name_given INSTEAD OF INSERT ON changes
WHEN new.type IN ('room.created', 'space.created') BEGIN
    INSERT INTO shown_names (stream, scope, name_key, skeleton, by, hidden)
    SELECT new.stream, scope, new.data ->> '$.folded.name.key', new.data ->> '$.folded.name.skeleton', new.by,
        coalesce(new.data ->> 'private', 0)
    FROM (SELECT iif(new.stream LIKE 'space/%', iif(new.type = 'space.created', 'spaces', NULL),
        new.data ->> 'space') AS scope)
    WHERE scope IS NOT NULL;
END;

CREATE TRIGGER shown_name_changed INSTEAD OF INSERT ON changes
WHEN new.type IN ('room.updated', 'space.updated') AND new.data ->> 'name' IS NOT NULL BEGIN
    INSERT INTO shown_names (stream, scope, name_key, skeleton, by, hidden)
    SELECT stream, scope, new.data ->> '$.folded.name.key', new.data ->> '$.folded.name.skeleton', new.by, hidden
    FROM shown_names WHERE stream = new.stream
    ON CONFLICT (stream) DO UPDATE SET name_key = excluded.name_key, skeleton = excluded.skeleton, by = excluded.by;
END;

-- A room or space that is called like another one: the transaction fails.
CREATE TRIGGER shown_name_checked BEFORE INSERT ON shown_names BEGIN
    SELECT RAISE(ABORT, 'this name is taken') WHERE EXISTS (
        SELECT 1 FROM taken_names
        WHERE scope = new.scope AND name_key = new.name_key AND stream <> new.stream
            AND (account IS NULL OR account = new.by OR new.by LIKE 'operator:%')
    ) OR EXISTS (
        SELECT 1 FROM taken_names
        WHERE scope = new.scope AND skeleton = new.skeleton AND stream <> new.stream
            AND (account IS NULL OR account = new.by OR new.by LIKE 'operator:%')
    );
END;

CREATE TRIGGER shown_name_free INSTEAD OF INSERT ON changes
WHEN new.type IN ('room.deleted', 'space.deleted') BEGIN
    DELETE FROM shown_names WHERE stream = new.stream;
    DELETE FROM shown_names WHERE new.stream LIKE 'space/%' AND scope = substr(new.stream, 7);
END;

CREATE TRIGGER account_renamed INSTEAD OF INSERT ON changes
WHEN new.type = 'account.renamed' AND new.stream LIKE 'account/%' BEGIN
    UPDATE accounts SET name = payload ->> 'name', name_key = payload ->> '$.folded.name.key'
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    WHERE id = substr(new.stream, 9) AND payload ->> 'name' IS NOT NULL;
END;

-- A field that is left out stays as it is; a field that is null becomes empty.
CREATE TRIGGER account_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'account.updated' AND new.stream LIKE 'account/%' BEGIN
    UPDATE accounts SET
        display_name = coalesce(payload ->> 'display_name', display_name),
        about = iif(json_type(payload, '$.about') IS NULL, about, payload ->> 'about'),
        avatar = iif(json_type(payload, '$.avatar') IS NULL, avatar, payload ->> 'avatar'),
        admin = coalesce(new.data ->> 'admin', admin),
        disabled = coalesce(new.data ->> 'disabled', disabled)
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    WHERE id = substr(new.stream, 9);
END;

-- Only a row that says that there was an account remains of it.
CREATE TRIGGER account_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'account.deleted' AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM bodies WHERE position IN (
        SELECT position FROM events WHERE stream = new.stream AND body IS NOT NULL
    ) AND position NOT IN (
        SELECT files.position FROM files WHERE files.account = substr(new.stream, 9)
            AND EXISTS (SELECT 1 FROM files_on_hold WHERE file = files.id)
    );
    UPDATE accounts SET name = 'deleted-' || lower(substr(id, -8)), name_key = 'deleted ' || id,
        display_name = 'Deleted account', about = NULL, avatar = NULL, admin = 0, disabled = 1, deleted = 1,
        placeholder = 0
    WHERE id = substr(new.stream, 9);
    DELETE FROM account_names WHERE account = substr(new.stream, 9);
    DELETE FROM name_skeletons WHERE account = substr(new.stream, 9);
    DELETE FROM bots WHERE account = substr(new.stream, 9);
    DELETE FROM subscriptions WHERE account = substr(new.stream, 9);
    DELETE FROM preferences WHERE account = substr(new.stream, 9);
    DELETE FROM bookmarks WHERE account = substr(new.stream, 9);
    DELETE FROM blocks WHERE account = substr(new.stream, 9);
    DELETE FROM unheard_mentions WHERE account = substr(new.stream, 9);
    DELETE FROM direct_states WHERE account = substr(new.stream, 9);
    DELETE FROM thread_followers WHERE account = substr(new.stream, 9);
    UPDATE files SET deleted = 1, hash = NULL, preview = NULL WHERE account = substr(new.stream, 9) AND NOT deleted
        AND NOT EXISTS (SELECT 1 FROM files_on_hold WHERE file = files.id);
    UPDATE reports SET reason = NULL WHERE by = substr(new.stream, 9);
    UPDATE reports SET resolution = NULL WHERE resolved_by = substr(new.stream, 9);
END;

CREATE TRIGGER bot_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'bot.updated' AND new.stream LIKE 'account/%' BEGIN
    UPDATE bots SET scopes = new.data -> 'scopes' WHERE account = new.data ->> 'bot';
END;

CREATE TRIGGER bot_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'bot.deleted' AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM bots WHERE account = new.data ->> 'bot';
END;

CREATE TRIGGER space_created INSTEAD OF INSERT ON changes
WHEN new.type = 'space.created' AND new.stream LIKE 'space/%' BEGIN
    INSERT INTO spaces (id, name, description, icon, created_at)
    VALUES (substr(new.stream, 7), new.data ->> 'name', new.data ->> 'description', new.data ->> 'icon',
        new.at);
END;

CREATE TRIGGER space_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'space.updated' AND new.stream LIKE 'space/%' BEGIN
    UPDATE spaces SET
        name = coalesce(new.data ->> 'name', name),
        description = iif(json_type(new.data, '$.description') IS NULL, description,
            new.data ->> 'description'),
        icon = iif(json_type(new.data, '$.icon') IS NULL, icon, new.data ->> 'icon')
    WHERE id = substr(new.stream, 7);
END;

CREATE TRIGGER space_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'space.deleted' AND new.stream LIKE 'space/%' BEGIN
    UPDATE spaces SET deleted = 1 WHERE id = substr(new.stream, 7);
END;

-- A room is made in its own stream; the same type in a space's stream only announces it.
CREATE TRIGGER room_created INSTEAD OF INSERT ON changes
WHEN new.type = 'room.created' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO rooms (id, space, name, kind, private, topic, created_at, made_by, opened_by)
    VALUES (substr(new.stream, 6), new.data ->> 'space', new.data ->> 'name',
        coalesce(new.data ->> 'kind', 'text'), coalesce(new.data ->> 'private', 0), new.data ->> 'topic',
        new.at, new.by, iif(new.data ->> 'kind' = 'direct' AND new.by NOT LIKE 'operator:%',
            coalesce((SELECT owner FROM bots WHERE account = new.by), new.by), NULL));
END;

CREATE TRIGGER room_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'room.updated' AND new.stream LIKE 'room/%' BEGIN
    UPDATE rooms SET
        name = coalesce(new.data ->> 'name', name),
        topic = iif(json_type(new.data, '$.topic') IS NULL, topic, new.data ->> 'topic')
    WHERE id = substr(new.stream, 6);
END;

CREATE TRIGGER room_archived INSTEAD OF INSERT ON changes
WHEN new.type = 'room.archived' AND new.stream LIKE 'room/%' BEGIN
    UPDATE rooms SET archived = 1 WHERE id = substr(new.stream, 6);
END;

CREATE TRIGGER room_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'room.deleted' AND new.stream LIKE 'room/%' BEGIN
    UPDATE rooms SET deleted = 1 WHERE id = substr(new.stream, 6);
END;

CREATE TRIGGER message_edited INSTEAD OF INSERT ON message_changes
WHEN new.type = 'message.edited' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO edits (room, seq, position, at, by)
    VALUES (substr(new.stream, 6), new.data ->> 'seq', new.position, new.at, new.by);
    UPDATE messages SET body = new.position, edited_at = new.at, mentions = new.data -> 'mentions'
    WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    INSERT INTO versions (room, seq, position, at, by, mentions)
    SELECT substr(new.stream, 6), new.data ->> 'seq', new.position, new.at, new.by, new.data -> 'mentions'
    WHERE new.data -> 'mentions' IS NOT NULL AND new.data ->> 'imported' IS NULL;
END;

CREATE TRIGGER mentions_changed AFTER UPDATE OF mentions ON messages
WHEN old.mentions IS NOT new.mentions BEGIN
    DELETE FROM mentions WHERE room = old.room AND seq = old.seq
        AND account IN (SELECT value FROM json_each(old.mentions));
    INSERT INTO mentions (account, room, seq) SELECT value, new.room, new.seq FROM json_each(new.mentions)
    WHERE value <> 'here' AND (SELECT data ->> 'imported' FROM events WHERE position = new.body) IS NULL;
END;

-- All versions of the text of a message are erased with it, and its reactions and pin are deleted. Under a legal hold
-- texts and files are put aside first.
CREATE TRIGGER message_deleted INSTEAD OF INSERT ON message_changes
WHEN new.type = 'message.deleted' AND new.stream LIKE 'room/%' BEGIN
    INSERT OR IGNORE INTO preserved_messages (room, seq, position)
    SELECT room, seq, new.position FROM messages
    WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq' AND NOT deleted
        AND EXISTS (SELECT 1 FROM rooms_on_hold WHERE rooms_on_hold.room = messages.room);
    INSERT INTO preserved_bodies (position)
    SELECT versions.position FROM preserved_messages AS own CROSS JOIN (
        SELECT position FROM messages WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
        UNION ALL
        SELECT position FROM edits WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
    ) AS versions
    WHERE own.room = substr(new.stream, 6) AND own.seq = new.data ->> 'seq' AND own.position = new.position;
    INSERT OR IGNORE INTO preserved_attachments (file, room, seq)
    SELECT one.value, own.room, own.seq FROM preserved_messages AS own
    CROSS JOIN messages ON messages.room = own.room AND messages.seq = own.seq
    CROSS JOIN json_each(messages.attachments) AS one
    WHERE own.room = substr(new.stream, 6) AND own.seq = new.data ->> 'seq' AND own.position = new.position;
    DELETE FROM bodies WHERE position IN (
        SELECT position FROM messages WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
        UNION ALL
        SELECT position FROM edits WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
    );
    DELETE FROM reactions WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    DELETE FROM pins WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    DELETE FROM attachments WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq' AND file IN (
        SELECT value FROM messages CROSS JOIN json_each(messages.attachments)
        WHERE messages.room = substr(new.stream, 6) AND messages.seq = new.data ->> 'seq'
    );
    UPDATE messages SET deleted = 1, mentions = NULL, attachments = NULL
    WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    DELETE FROM imported_messages WHERE room = substr(new.stream, 6) AND key = new.data ->> 'key';
END;

-- The hold has ended.
CREATE TRIGGER message_erased INSTEAD OF INSERT ON changes
WHEN new.type = 'message.erased' AND new.stream LIKE 'room/%' BEGIN
    DELETE FROM preserved_bodies WHERE position IN (
        SELECT position FROM messages WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
        UNION ALL
        SELECT position FROM edits WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
    );
    DELETE FROM preserved_attachments WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    DELETE FROM preserved_messages WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
END;

CREATE TRIGGER file_added INSTEAD OF INSERT ON changes
WHEN new.type = 'file.added' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO files (id, account, position, at, type, size, hash, preview)
    SELECT new.data ->> 'file', substr(new.stream, 9), new.position, new.at, new.data ->> 'type', new.data ->> 'size',
        payload ->> 'hash', payload ->> 'preview_hash'
    FROM (SELECT (SELECT text FROM bodies WHERE position = new.position) AS payload);
END;

CREATE TRIGGER file_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'file.deleted' AND new.stream LIKE 'account/%' BEGIN
    UPDATE files SET deleted = 1, hash = NULL, preview = NULL
    WHERE id = new.data ->> 'file' AND account = substr(new.stream, 9) AND NOT deleted;
END;

-- A file is erased with the last message that had it, unless it is held in another way.
CREATE TRIGGER attachment_dropped AFTER DELETE ON attachments BEGIN
    UPDATE files SET deleted = 1, hash = NULL, preview = NULL
    WHERE id = old.file AND NOT deleted AND NOT EXISTS (SELECT 1 FROM held_files WHERE file = old.file);
END;

CREATE TRIGGER preserved_attachment_dropped AFTER DELETE ON preserved_attachments BEGIN
    UPDATE files SET deleted = 1, hash = NULL, preview = NULL
    WHERE id = old.file AND NOT deleted AND NOT EXISTS (SELECT 1 FROM held_files WHERE file = old.file);
END;

-- What is said of a deleted file goes with it, and somebody must look after its bytes.
CREATE TRIGGER file_erased AFTER UPDATE OF deleted ON files WHEN new.deleted AND NOT old.deleted BEGIN
    DELETE FROM bodies WHERE position = old.position;
    INSERT OR IGNORE INTO dropped_blobs (hash)
    SELECT hash FROM (SELECT old.hash AS hash UNION SELECT old.preview) WHERE hash IS NOT NULL;
END;

CREATE TRIGGER reaction_added INSTEAD OF INSERT ON message_changes
WHEN new.type = 'reaction.added' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO reactions (room, seq, emoji, account, position)
    VALUES (substr(new.stream, 6), new.data ->> 'seq', new.data ->> 'emoji', new.by, new.position);
END;

CREATE TRIGGER reaction_removed INSTEAD OF INSERT ON message_changes
WHEN new.type = 'reaction.removed' AND new.stream LIKE 'room/%' BEGIN
    DELETE FROM reactions WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
        AND emoji = new.data ->> 'emoji' AND account = new.by;
END;

CREATE TRIGGER pin_added INSTEAD OF INSERT ON message_changes
WHEN new.type = 'pin.added' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO pins (room, seq, by, at)
    VALUES (substr(new.stream, 6), new.data ->> 'seq', new.by, new.at);
END;

CREATE TRIGGER pin_removed INSTEAD OF INSERT ON message_changes
WHEN new.type = 'pin.removed' AND new.stream LIKE 'room/%' BEGIN
    DELETE FROM pins WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
END;

CREATE TRIGGER emoji_added INSTEAD OF INSERT ON changes
WHEN new.type = 'emoji.added' AND new.stream LIKE 'space/%' BEGIN
    INSERT INTO emoji (space, name, image, by, at)
    VALUES (substr(new.stream, 7), new.data ->> 'name', new.data ->> 'image', new.by, new.at);
END;

CREATE TRIGGER emoji_removed INSTEAD OF INSERT ON changes
WHEN new.type = 'emoji.removed' AND new.stream LIKE 'space/%' BEGIN
    DELETE FROM emoji WHERE space = substr(new.stream, 7) AND name = new.data ->> 'name';
END;

CREATE TRIGGER thread_followed INSTEAD OF INSERT ON changes
WHEN new.type IN ('thread.followed', 'thread.unfollowed') AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO thread_followers (room, thread, account, following)
    VALUES (new.data ->> 'room', new.data ->> 'seq', substr(new.stream, 9), new.type = 'thread.followed')
    ON CONFLICT (room, thread, account) DO UPDATE SET following = excluded.following;
END;

CREATE TRIGGER subscription_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'subscription.updated' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO subscriptions (account, room, level, muted_until)
    VALUES (substr(new.stream, 9), new.data ->> 'room', new.data ->> 'level', new.data ->> 'muted_until')
    ON CONFLICT (account, room) DO UPDATE SET
        level = coalesce(excluded.level, level),
        muted_until = coalesce(excluded.muted_until, muted_until);
END;

CREATE TRIGGER preferences_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'preferences.updated' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO preferences (
        account, quiet_from, quiet_to, time_zone, favourites, space_order, room_order, quick_reactions
    )
    SELECT substr(new.stream, 9), payload ->> 'quiet_from', payload ->> 'quiet_to', payload ->> 'time_zone',
        payload -> 'favourites', payload -> 'space_order', payload -> 'room_order', payload -> 'quick_reactions'
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    WHERE true -- else ON would belong to a join
    ON CONFLICT (account) DO UPDATE SET
        quiet_from = coalesce(excluded.quiet_from, quiet_from),
        quiet_to = coalesce(excluded.quiet_to, quiet_to),
        time_zone = coalesce(excluded.time_zone, time_zone),
        favourites = coalesce(excluded.favourites, favourites),
        space_order = coalesce(excluded.space_order, space_order),
        room_order = coalesce(excluded.room_order, room_order),
        quick_reactions = coalesce(excluded.quick_reactions, quick_reactions);
    UPDATE preferences SET receipts = coalesce(payload ->> 'receipts', receipts),
        push_preview = coalesce(payload ->> 'push_preview', push_preview)
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    WHERE account = substr(new.stream, 9)
        AND (payload ->> 'receipts' IS NOT NULL OR payload ->> 'push_preview' IS NOT NULL);
END;

CREATE TRIGGER block_added INSTEAD OF INSERT ON changes
WHEN new.type = 'block.added' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO blocks (account, blocked, at)
    SELECT substr(new.stream, 9), payload ->> 'account', new.at
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    WHERE payload ->> 'account' IS NOT NULL;
END;

CREATE TRIGGER block_removed INSTEAD OF INSERT ON changes
WHEN new.type = 'block.removed' AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM blocks WHERE account = substr(new.stream, 9) AND blocked = (
        SELECT payload ->> 'account'
        FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS payload)
    );
END;

CREATE TRIGGER direct_state_set INSTEAD OF INSERT ON changes
WHEN new.type IN ('direct.accepted', 'direct.declined', 'direct.left') AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO direct_states (account, room, state, seq)
    VALUES (substr(new.stream, 9), new.data ->> 'room', substr(new.type, 8), coalesce(new.data ->> 'seq', 0))
    ON CONFLICT (account, room) DO UPDATE SET state = excluded.state, seq = excluded.seq;
END;

CREATE TRIGGER bookmark_added INSTEAD OF INSERT ON changes
WHEN new.type = 'bookmark.added' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO bookmarks (account, room, seq, note, position, at)
    VALUES (substr(new.stream, 9), new.data ->> 'room', new.data ->> 'seq',
        coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) ->> 'note',
        new.position, new.at)
    ON CONFLICT (account, room, seq) DO UPDATE SET note = excluded.note;
END;

CREATE TRIGGER bookmark_removed INSTEAD OF INSERT ON changes
WHEN new.type = 'bookmark.removed' AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM bookmarks WHERE account = substr(new.stream, 9) AND room = new.data ->> 'room'
        AND seq = new.data ->> 'seq';
END;

CREATE TRIGGER space_left INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.left', 'member.kicked', 'member.banned') AND new.stream LIKE 'space/%' BEGIN
    UPDATE members SET until = new.position
    WHERE account = new.data ->> 'account' AND until IS NULL AND stream > 'room/' AND stream < 'room0'
        AND EXISTS ( -- of the rooms that it is in, however many the space has
            SELECT 1 FROM rooms WHERE id = substr(members.stream, 6) AND space = substr(new.stream, 7)
        );
    UPDATE spaces SET owner = (
        SELECT account FROM members WHERE stream = new.stream AND role = 'owner' AND until IS NULL
        AND account <> new.data ->> 'account' ORDER BY since LIMIT 1
    ) WHERE id = substr(new.stream, 7) AND owner = new.data ->> 'account';
END;

CREATE TRIGGER erasure_ordered INSTEAD OF INSERT ON changes
WHEN new.type = 'member.erasure_ordered' AND new.stream LIKE 'space/%' BEGIN
    INSERT INTO message_erasures (space, account, position, by, reason, ordered_at, due_at)
    VALUES (substr(new.stream, 7), new.data ->> 'account', new.position, new.by, new.data ->> 'reason', new.at,
        new.data ->> 'due_at');
END;

CREATE TRIGGER erasure_ended INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.erasure_cancelled', 'member.messages_erased', 'space.deleted')
AND new.stream LIKE 'space/%' BEGIN
    DELETE FROM message_erasures WHERE space = substr(new.stream, 7)
        AND (new.type = 'space.deleted' OR account = new.data ->> 'account');
END;

CREATE TRIGGER memberships_ended INSTEAD OF INSERT ON changes
WHEN new.type IN ('space.deleted', 'room.deleted') BEGIN
    UPDATE members SET until = new.position WHERE stream = new.stream AND until IS NULL;
    UPDATE members SET until = new.position WHERE new.stream LIKE 'space/%' AND until IS NULL
        AND stream IN (SELECT 'room/' || id FROM rooms WHERE space = substr(new.stream, 7));
    UPDATE rooms SET deleted = 1 WHERE new.stream LIKE 'space/%' AND space = substr(new.stream, 7);
END;

-- A new row begins, so that the role at any position can be looked up.
CREATE TRIGGER member_role_set INSTEAD OF INSERT ON changes
WHEN new.type = 'member.role_set' AND new.stream LIKE 'space/%' BEGIN
    INSERT INTO members (account, stream, since, until, role, joined_at)
    SELECT account, stream, new.position, new.position, new.data ->> 'role', joined_at FROM members
    WHERE stream = new.stream AND account = new.data ->> 'account' AND until IS NULL;
    UPDATE members SET until = new.position
    WHERE stream = new.stream AND account = new.data ->> 'account' AND until IS NULL;
    UPDATE members SET until = NULL
    WHERE stream = new.stream AND account = new.data ->> 'account' AND since = new.position;
    UPDATE spaces SET owner = (
        SELECT account FROM members WHERE stream = new.stream AND role = 'owner' AND until IS NULL
        ORDER BY since LIMIT 1
    ) WHERE id = substr(new.stream, 7);
END;

CREATE TRIGGER room_moderated INSTEAD OF INSERT ON changes
WHEN new.type IN ('room.updated', 'room.locked', 'room.unlocked', 'room.unarchived')
AND new.stream LIKE 'room/%' BEGIN
    UPDATE rooms SET
        slow_mode = coalesce(new.data ->> 'slow_mode', slow_mode),
        locked = CASE new.type WHEN 'room.locked' THEN 1 WHEN 'room.unlocked' THEN 0 ELSE locked END,
        archived = iif(new.type = 'room.unarchived', 0, archived)
    WHERE id = substr(new.stream, 6);
END;

CREATE TRIGGER space_lock_set INSTEAD OF INSERT ON changes
WHEN new.type IN ('space.locked', 'space.unlocked') AND new.stream LIKE 'space/%' BEGIN
    UPDATE spaces SET locked = new.type = 'space.locked' WHERE id = substr(new.stream, 7);
END;

CREATE TRIGGER space_retention_set INSTEAD OF INSERT ON changes
WHEN new.type IN ('space.retention_set', 'space.hold_set') AND new.stream LIKE 'space/%' BEGIN
    UPDATE spaces SET keep_days = coalesce(new.data ->> 'keep_days', keep_days), hold = coalesce(new.data ->> 'hold', hold),
        retention_at = new.at
    WHERE id = substr(new.stream, 7);
END;

CREATE TRIGGER room_retention_set INSTEAD OF INSERT ON changes
WHEN new.type IN ('room.retention_set', 'room.hold_set') AND new.stream LIKE 'room/%' BEGIN
    UPDATE rooms SET keep_days = iif(new.type = 'room.retention_set', new.data ->> 'keep_days', keep_days),
        hold = coalesce(new.data ->> 'hold', hold), retention_at = new.at
    WHERE id = substr(new.stream, 6);
END;

CREATE TRIGGER message_reported INSTEAD OF INSERT ON changes
WHEN new.type = 'message.reported' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO reports (id, space, room, seq, by, reason, at)
    VALUES (new.data ->> 'report', new.data ->> 'space', new.data ->> 'room', new.data ->> 'seq',
        substr(new.stream, 9), (SELECT text FROM bodies WHERE position = new.position) ->> 'reason', new.at);
END;

CREATE TRIGGER report_resolved INSTEAD OF INSERT ON changes
WHEN new.type = 'report.resolved' AND new.stream LIKE 'account/%' BEGIN
    UPDATE reports SET resolved_by = new.by, resolved_at = new.at,
        resolution = (SELECT text FROM bodies WHERE position = new.position) ->> 'reason'
    WHERE id = new.data ->> 'report' AND resolved_at IS NULL;
END;

-- Whoever sets its password is its person.
CREATE TRIGGER placeholder_claimed INSTEAD OF INSERT ON changes
WHEN new.type = 'account.secured' AND new.data ->> 'change' IN ('password', 'recovered')
AND new.stream LIKE 'account/%' BEGIN
    UPDATE accounts SET placeholder = 0 WHERE id = substr(new.stream, 9) AND placeholder;
END;

CREATE TRIGGER import_begun INSTEAD OF INSERT ON changes
WHEN new.type = 'import.begun' AND new.stream LIKE 'space/%' BEGIN
    INSERT INTO imports (id, space, format, source, by, begun_at)
    VALUES (new.data ->> 'import', substr(new.stream, 7), new.data ->> 'format', new.data ->> 'source', new.by, new.at);
END;

CREATE TRIGGER import_ended INSTEAD OF INSERT ON changes
WHEN new.type IN ('import.finished', 'import.undone') AND new.stream LIKE 'space/%' BEGIN
    UPDATE imports SET finished_at = iif(new.type = 'import.finished', new.at, finished_at),
        undone_at = iif(new.type = 'import.undone', new.at, undone_at)
    WHERE id = new.data ->> 'import';
END;
