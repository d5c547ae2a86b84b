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

-- The texts, apart from their facts: deleting a row here erases what was said and leaves the chain whole.
-- The salt keeps an erased short text from being guessed by its digest, and is erased with it.
CREATE TABLE bodies (
    position INTEGER PRIMARY KEY REFERENCES events,
    salt BLOB NOT NULL,
    text TEXT NOT NULL
) STRICT;


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

CREATE TABLE messages (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    nonce TEXT,
    reply_to INTEGER,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Exactly once: a nonce is its author's, in its room, for ever.
CREATE UNIQUE INDEX messages_once ON messages (room, by, nonce) WHERE nonce IS NOT NULL;


-- beside the log --------------------------------------------------------------------------------------

CREATE TABLE read_markers (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room)
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
    INSERT INTO bodies (position, salt, text)
    SELECT new.position, new.salt, new.text WHERE new.text IS NOT NULL;
END;

-- One trigger per event type; a type without one stands in the log and changes no table.
-- Messages are most of a log: all other types pass through one more door, so that a message is held
-- against two conditions and not against all.

CREATE TRIGGER message_posted AFTER INSERT ON events
WHEN new.type = 'message.posted' AND new.stream LIKE 'room/%' BEGIN
    INSERT INTO messages (room, seq, position, at, by, nonce, reply_to)
    VALUES (substr(new.stream, 6), new.seq, new.position, new.at, new.by,
        new.data ->> 'nonce', new.data ->> 'reply_to');
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
