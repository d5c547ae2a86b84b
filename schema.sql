-- The whole data model of chatd, to be read first.
--
-- The log (events, bodies) is the truth. Everything under "what the log says" follows from it by the
-- triggers at the end, in the log's own transaction: a row there and its event are both durable or
-- neither is, and a replay of the log into empty tables gives the same rows. Everything under "beside
-- the log" is durable too, but is no fact: secrets, read markers, snapshots.
--
-- Words: an id is a ULID in text. A time (`at`, `…_at`) is Unix milliseconds. `by` is an account's id,
-- `operator:<uid>` or `system`. A stream is `room/<id>`, `space/<id>` or `account/<id>`.
--
-- References are written down for the reader and for `chatctl server check`; SQLite is not asked to
-- enforce them on every insert, because the log is what decides.


-- the database itself ---------------------------------------------------------------------------------

-- `epoch` names this history: a restored copy gets another one, so that no client resumes into the
-- wrong past. `created_at`.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `signing`: 32 random bytes that sign access tokens.
CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;


-- the log ---------------------------------------------------------------------------------------------

-- One row per fact, never changed. `position` orders the whole log, `seq` is dense in its stream.
-- `body` is SHA-256 of the body's salt and text, for facts that have a text. `hash` chains each event to
-- the one before: SHA-256 of the previous hash, `body` (32 zero bytes without one) and, joined by NUL,
-- position, stream, seq, type, at, by, data.
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

-- The texts, apart from their facts: erasing one leaves the chain whole. It is overwritten where it stands
-- and its row stays, because a deleted row makes SQLite move its neighbours between pages, and `secure_delete`
-- does not reach the copies that they leave behind: a neighbour that is deleted later could still be read there.
-- The salt keeps an erased short text from being guessed by its digest, and is erased with it.
CREATE TABLE body_rows (
    position INTEGER PRIMARY KEY REFERENCES events,
    salt BLOB NOT NULL,
    text TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE VIEW bodies AS
SELECT position, salt, text FROM body_rows WHERE NOT erased;

-- As many zeros as there were bytes: a row of the same size is written in the same place.
CREATE TRIGGER body_erased INSTEAD OF DELETE ON bodies BEGIN
    UPDATE body_rows SET salt = zeroblob(length(salt)), text = CAST(zeroblob(length(CAST(text AS BLOB))) AS TEXT),
        erased = 1
    WHERE position = old.position;
END;


-- what the log says -----------------------------------------------------------------------------------

-- `name_key` is the name as it is compared: NFKC and casefolded.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    about TEXT,
    avatar TEXT,
    admin INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE spaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    icon TEXT,
    owner TEXT REFERENCES accounts, -- who joined last with the role `owner`
    deleted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `space` is NULL for a direct room. The room's newest seq is the log's to know: see `events`.
CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    space TEXT REFERENCES spaces,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    private INTEGER NOT NULL,
    topic TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_by_space ON rooms (space);

-- Who belonged to which stream, from the event that let them in (`since`) to the one that let them out
-- (`until`, NULL while they are in). Both ends are visible to them, and so is all in between, for ever.
-- An account belongs to its own stream.
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

-- `thread` is the seq of the message that the thread began with, for replies. `nth` counts the room's
-- messages. `mentions` is a JSON array of account ids, and `here` or `room` where those were said.
-- `body` is the position of the text as it reads now. A deleted message has no text, reactions or pin.
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
    body INTEGER NOT NULL REFERENCES events,
    edited_at INTEGER,
    expires_at INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Exactly once: a nonce is its author's, in its room, for ever.
CREATE UNIQUE INDEX messages_once ON messages (room, by, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX messages_by_author ON messages (room, by, deleted);
CREATE INDEX messages_by_thread ON messages (room, thread) WHERE thread IS NOT NULL;
CREATE INDEX messages_deleted ON messages (room, seq, deleted) WHERE deleted;
CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL AND NOT deleted;

-- The versions of a message after its first one; their texts are bodies until it is deleted.
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

-- `emoji` is one grapheme, or `:name:` of a custom emoji of the room's space.
CREATE TABLE reactions (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    position INTEGER NOT NULL REFERENCES events,
    PRIMARY KEY (room, seq, emoji, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE pins (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Who hears of replies. Whoever began a thread or wrote in it follows it, until they say otherwise.
CREATE TABLE thread_followers (
    room TEXT NOT NULL REFERENCES rooms,
    thread INTEGER NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    following INTEGER NOT NULL,
    PRIMARY KEY (room, thread, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE emoji (
    space TEXT NOT NULL REFERENCES spaces,
    name TEXT NOT NULL,
    image TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (space, name)
) STRICT, WITHOUT ROWID;

-- How an account wants to hear of a room: `level` is `all`, `mentions` or `none`; without a row `mentions`,
-- in a direct room `all`.
CREATE TABLE subscriptions (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    level TEXT,
    muted_until INTEGER,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriptions_by_room ON subscriptions (room, level);

-- `quiet_from` and `quiet_to` are minutes of the day in `time_zone` (IANA); the same or NULL: never quiet.
-- `receipts`: whether others may see what the account has received and read.
CREATE TABLE preferences (
    account TEXT PRIMARY KEY REFERENCES accounts,
    quiet_from INTEGER,
    quiet_to INTEGER,
    time_zone TEXT,
    receipts INTEGER NOT NULL DEFAULT 1
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


-- beside the log --------------------------------------------------------------------------------------

CREATE TABLE read_markers (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

-- Up to which position of the log some session of the account has been given everything.
CREATE TABLE deliveries (
    account TEXT PRIMARY KEY REFERENCES accounts,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `mode` is `dnd` or `invisible` where the account chose it; `last_seen` is when its last session ended.
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

-- Messages to be posted at `post_at`. `failed` is why that could not be done.
CREATE TABLE scheduled (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    text TEXT NOT NULL,
    reply_to INTEGER,
    expires_in INTEGER,
    post_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    failed TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX scheduled_due ON scheduled (post_at) WHERE failed IS NULL;
CREATE INDEX scheduled_by_account ON scheduled (account);

-- Up to which position those who act on the log (not those who only keep a view of it) have acted.
CREATE TABLE followers (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- argon2id, as a PHC string.
CREATE TABLE credentials (
    account TEXT PRIMARY KEY REFERENCES accounts,
    password_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A signed-in device. Hashes are SHA-256 of refresh tokens; `previous_hash` is the one before the last
-- rotation, so that a token that is used twice is noticed. A bare bearer token has none.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    name TEXT NOT NULL,
    refresh_hash BLOB,
    previous_hash BLOB,
    rotated_at INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX devices_by_account ON devices (account);
CREATE UNIQUE INDEX devices_by_refresh ON devices (refresh_hash) WHERE refresh_hash IS NOT NULL;
CREATE INDEX devices_by_previous ON devices (previous_hash) WHERE previous_hash IS NOT NULL;

-- SHA-256 of an invite's code, and where it leads. The invite itself is in the log of its space.
CREATE TABLE invite_codes (
    code_hash BLOB PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces,
    invite TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invite_codes_by_invite ON invite_codes (invite);

-- SHA-256 of the one-time code that makes the first account; no row once it was used.
CREATE TABLE setup_code (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code_hash BLOB NOT NULL
) STRICT;

-- The newest known state of a stream, so that loading need not start at its beginning. May be deleted.
CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;


-- how a fact becomes rows -----------------------------------------------------------------------------

-- The one door into the log. A row with a NULL position is padding and is passed over: the writer sends
-- its batches in a few fixed sizes, so that their statements stay prepared.
CREATE VIEW facts AS
SELECT position, stream, seq, type, at, by, data, body, hash, NULL AS salt, NULL AS text FROM events;

CREATE TRIGGER fact_is_logged INSTEAD OF INSERT ON facts WHEN new.position IS NOT NULL BEGIN
    INSERT INTO events (position, stream, seq, type, at, by, data, body, hash)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data, new.body, new.hash);
    INSERT INTO body_rows (position, salt, text)
    SELECT new.position, new.salt, new.text WHERE new.text IS NOT NULL;
END;

-- One trigger per event type; a type without one stands in the log and changes no table.
-- Messages are most of a log: all other types pass through one more door, so that a message is held
-- against two conditions and not against all.

CREATE TRIGGER message_posted AFTER INSERT ON events
WHEN new.type = 'message.posted' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO messages (room, seq, position, at, by, nonce, reply_to, thread, nth, mentions, body,
        expires_at)
    VALUES (substr(new.stream, 6), new.seq, new.position, new.at, new.by,
        new.data ->> 'nonce', new.data ->> 'reply_to', new.data ->> 'thread',
        coalesce((SELECT nth FROM messages WHERE room = substr(new.stream, 6) ORDER BY seq DESC LIMIT 1), 0)
            + 1,
        new.data -> 'mentions', new.position, new.data ->> 'expires_at');
END;

CREATE TRIGGER message_mentions AFTER INSERT ON messages WHEN new.mentions IS NOT NULL BEGIN
    INSERT INTO mentions (account, room, seq) SELECT value, new.room, new.seq FROM json_each(new.mentions)
    WHERE value <> 'here';
END;

CREATE TRIGGER message_replied AFTER INSERT ON messages WHEN new.thread IS NOT NULL BEGIN
    INSERT OR IGNORE INTO thread_followers (room, thread, account, following)
    SELECT new.room, new.thread, by, 1 FROM messages WHERE room = new.room AND seq = new.thread
    UNION SELECT new.room, new.thread, new.by, 1;
END;

CREATE VIEW changes AS
SELECT position, stream, seq, type, at, by, data FROM events;

CREATE TRIGGER fact_changes AFTER INSERT ON events WHEN new.type <> 'message.posted' BEGIN
    INSERT INTO changes (position, stream, seq, type, at, by, data)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data);
END;

CREATE TRIGGER member_entered INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.joined', 'account.created') BEGIN
    INSERT INTO members (account, stream, since, role, joined_at)
    VALUES (new.data ->> 'account', new.stream, new.position, new.data ->> 'role', new.at)
    ON CONFLICT (stream, account) WHERE until IS NULL DO UPDATE SET role = excluded.role;
    UPDATE spaces SET owner = new.data ->> 'account'
    WHERE id = substr(new.stream, 7) AND new.stream LIKE 'space/%' AND new.data ->> 'role' = 'owner';
END;

CREATE TRIGGER member_went INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.left', 'member.kicked', 'member.banned') BEGIN
    UPDATE members SET until = new.position
    WHERE stream = new.stream AND account = new.data ->> 'account' AND until IS NULL;
END;

CREATE TRIGGER account_created INSTEAD OF INSERT ON changes
WHEN new.type = 'account.created' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO accounts (id, name, name_key, display_name, admin, created_at)
    VALUES (substr(new.stream, 9), new.data ->> 'name', name_key(new.data ->> 'name'),
        coalesce(new.data ->> 'display_name', new.data ->> 'name'),
        coalesce(new.data ->> 'admin', 0), new.at);
END;

-- A field that is left out stays as it is; a field that is null becomes empty.
CREATE TRIGGER account_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'account.updated' AND new.stream LIKE 'account/%' BEGIN
    UPDATE accounts SET
        display_name = coalesce(new.data ->> 'display_name', display_name),
        about = iif(json_type(new.data, '$.about') IS NULL, about, new.data ->> 'about'),
        avatar = iif(json_type(new.data, '$.avatar') IS NULL, avatar, new.data ->> 'avatar'),
        admin = coalesce(new.data ->> 'admin', admin),
        disabled = coalesce(new.data ->> 'disabled', disabled)
    WHERE id = substr(new.stream, 9);
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
    INSERT INTO rooms (id, space, name, kind, private, topic, created_at)
    VALUES (substr(new.stream, 6), new.data ->> 'space', new.data ->> 'name',
        coalesce(new.data ->> 'kind', 'text'), coalesce(new.data ->> 'private', 0), new.data ->> 'topic',
        new.at);
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

CREATE TRIGGER message_edited INSTEAD OF INSERT ON changes
WHEN new.type = 'message.edited' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO edits (room, seq, position, at, by)
    VALUES (substr(new.stream, 6), new.data ->> 'seq', new.position, new.at, new.by);
    UPDATE messages SET body = new.position, edited_at = new.at, mentions = new.data -> 'mentions'
    WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
END;

CREATE TRIGGER mentions_changed AFTER UPDATE OF mentions ON messages
WHEN old.mentions IS NOT new.mentions BEGIN
    DELETE FROM mentions WHERE room = old.room AND seq = old.seq
        AND account IN (SELECT value FROM json_each(old.mentions));
    INSERT INTO mentions (account, room, seq) SELECT value, new.room, new.seq FROM json_each(new.mentions)
    WHERE value <> 'here';
END;

-- All versions of its text go with a message, and everything that people had put on it.
CREATE TRIGGER message_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'message.deleted' AND new.stream LIKE 'room/%' BEGIN
    DELETE FROM bodies WHERE position IN (
        SELECT position FROM messages WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
        UNION ALL
        SELECT position FROM edits WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
    );
    DELETE FROM reactions WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    DELETE FROM pins WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
    UPDATE messages SET deleted = 1, mentions = NULL
    WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq';
END;

CREATE TRIGGER reaction_added INSTEAD OF INSERT ON changes
WHEN new.type = 'reaction.added' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO reactions (room, seq, emoji, account, position)
    VALUES (substr(new.stream, 6), new.data ->> 'seq', new.data ->> 'emoji', new.by, new.position);
END;

CREATE TRIGGER reaction_removed INSTEAD OF INSERT ON changes
WHEN new.type = 'reaction.removed' AND new.stream LIKE 'room/%' BEGIN
    DELETE FROM reactions WHERE room = substr(new.stream, 6) AND seq = new.data ->> 'seq'
        AND emoji = new.data ->> 'emoji' AND account = new.by;
END;

CREATE TRIGGER pin_added INSTEAD OF INSERT ON changes
WHEN new.type = 'pin.added' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO pins (room, seq, by, at)
    VALUES (substr(new.stream, 6), new.data ->> 'seq', new.by, new.at);
END;

CREATE TRIGGER pin_removed INSTEAD OF INSERT ON changes
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
    INSERT INTO preferences (account, quiet_from, quiet_to, time_zone, receipts)
    VALUES (substr(new.stream, 9), new.data ->> 'quiet_from', new.data ->> 'quiet_to',
        new.data ->> 'time_zone', coalesce(new.data ->> 'receipts', 1))
    ON CONFLICT (account) DO UPDATE SET
        quiet_from = coalesce(excluded.quiet_from, quiet_from),
        quiet_to = coalesce(excluded.quiet_to, quiet_to),
        time_zone = coalesce(excluded.time_zone, time_zone),
        receipts = coalesce(new.data ->> 'receipts', receipts);
END;

CREATE TRIGGER bookmark_added INSTEAD OF INSERT ON changes
WHEN new.type = 'bookmark.added' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO bookmarks (account, room, seq, note, position, at)
    VALUES (substr(new.stream, 9), new.data ->> 'room', new.data ->> 'seq', new.data ->> 'note',
        new.position, new.at)
    ON CONFLICT (account, room, seq) DO UPDATE SET note = excluded.note;
END;

CREATE TRIGGER bookmark_removed INSTEAD OF INSERT ON changes
WHEN new.type = 'bookmark.removed' AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM bookmarks WHERE account = substr(new.stream, 9) AND room = new.data ->> 'room'
        AND seq = new.data ->> 'seq';
END;
