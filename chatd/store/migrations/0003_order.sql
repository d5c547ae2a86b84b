-- People, rights and order. What it means is told in schema.sql.


-- accounts: what they say of themselves can be erased, and bots ---------------------------------------

-- so that nothing that names the table follows it to its other name
PRAGMA legacy_alter_table = ON;
ALTER TABLE accounts RENAME TO old_accounts;

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
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO accounts (id, name, name_key, display_name, about, avatar, admin, disabled, created_at)
SELECT id, name, name_key, display_name, about, avatar, admin, disabled, created_at FROM old_accounts;

DROP TABLE old_accounts;
PRAGMA legacy_alter_table = OFF;

CREATE TABLE bots (
    account TEXT PRIMARY KEY REFERENCES accounts,
    owner TEXT NOT NULL REFERENCES accounts,
    scopes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX bots_by_owner ON bots (owner);

-- Who sees which space's public rooms, as `chatd.domain.rights` has it: guests do not, nor bots of guests.
CREATE VIEW sees_public AS
SELECT account, stream FROM members AS own
WHERE until IS NULL AND role <> 'guest' AND stream > 'space/' AND stream < 'space0' AND NOT EXISTS (
    SELECT 1 FROM bots CROSS JOIN members AS owners ON owners.stream = own.stream AND owners.account = bots.owner
    WHERE bots.account = own.account AND owners.until IS NULL AND owners.role = 'guest'
);

CREATE TABLE erasures (
    account TEXT PRIMARY KEY REFERENCES accounts,
    by TEXT NOT NULL,
    reason TEXT,
    messages INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

DROP TRIGGER fact_is_logged;
DROP TRIGGER member_went;
DROP TRIGGER account_created;
DROP TRIGGER account_updated;
DROP TRIGGER bookmark_added;
DROP TRIGGER preferences_updated;

CREATE TRIGGER fact_is_logged INSTEAD OF INSERT ON facts WHEN new.position IS NOT NULL BEGIN
    INSERT INTO body_rows (position, salt, text)
    SELECT new.position, new.salt, new.text WHERE new.text IS NOT NULL;
    INSERT INTO events (position, stream, seq, type, at, by, data, body, hash)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data, new.body, new.hash);
END;

CREATE TRIGGER member_went INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.left', 'member.kicked', 'member.banned', 'account.deleted') BEGIN
    UPDATE members SET until = new.position
    WHERE stream = new.stream AND account = new.data ->> 'account' AND until IS NULL;
END;

CREATE TRIGGER account_created INSTEAD OF INSERT ON changes
WHEN new.type = 'account.created' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO accounts (id, name, name_key, display_name, admin, created_at)
    SELECT substr(new.stream, 9),
        coalesce(said ->> 'name', 'deleted-' || lower(substr(new.stream, -8))),
        iif(said ->> 'name' IS NULL, 'deleted ' || substr(new.stream, 9), name_key(said ->> 'name')),
        coalesce(said ->> 'display_name', said ->> 'name', 'Deleted account'),
        coalesce(new.data ->> 'admin', 0), new.at
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said);
    INSERT INTO bots (account, owner, scopes)
    SELECT substr(new.stream, 9), new.data ->> 'owner', new.data -> 'scopes'
    WHERE new.data ->> 'owner' IS NOT NULL;
END;

-- A field that is left out stays as it is; a field that is null becomes empty.
CREATE TRIGGER account_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'account.updated' AND new.stream LIKE 'account/%' BEGIN
    UPDATE accounts SET
        display_name = coalesce(said ->> 'display_name', display_name),
        about = iif(json_type(said, '$.about') IS NULL, about, said ->> 'about'),
        avatar = iif(json_type(said, '$.avatar') IS NULL, avatar, said ->> 'avatar'),
        admin = coalesce(new.data ->> 'admin', admin),
        disabled = coalesce(new.data ->> 'disabled', disabled)
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
    WHERE id = substr(new.stream, 9);
END;

-- The stub of an account: that there was one, and nothing that it said of itself.
CREATE TRIGGER account_deleted INSTEAD OF INSERT ON changes
WHEN new.type = 'account.deleted' AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM bodies WHERE position IN (
        SELECT position FROM events WHERE stream = new.stream AND body IS NOT NULL
    );
    UPDATE accounts SET name = 'deleted-' || lower(substr(id, -8)), name_key = 'deleted ' || id,
        display_name = 'Deleted account', about = NULL, avatar = NULL, admin = 0, disabled = 1, deleted = 1
    WHERE id = substr(new.stream, 9);
    DELETE FROM account_names WHERE account = substr(new.stream, 9);
    DELETE FROM name_skeletons WHERE account = substr(new.stream, 9);
    DELETE FROM bots WHERE account = substr(new.stream, 9);
    DELETE FROM subscriptions WHERE account = substr(new.stream, 9);
    DELETE FROM preferences WHERE account = substr(new.stream, 9);
    DELETE FROM bookmarks WHERE account = substr(new.stream, 9);
    DELETE FROM thread_followers WHERE account = substr(new.stream, 9);
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

CREATE TRIGGER preferences_updated INSTEAD OF INSERT ON changes
WHEN new.type = 'preferences.updated' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO preferences (account, quiet_from, quiet_to, time_zone)
    SELECT substr(new.stream, 9), said ->> 'quiet_from', said ->> 'quiet_to', said ->> 'time_zone'
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
    WHERE true -- else ON would belong to a join
    ON CONFLICT (account) DO UPDATE SET
        quiet_from = coalesce(excluded.quiet_from, quiet_from),
        quiet_to = coalesce(excluded.quiet_to, quiet_to),
        time_zone = coalesce(excluded.time_zone, time_zone);
    UPDATE preferences SET receipts = said ->> 'receipts'
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
    WHERE account = substr(new.stream, 9) AND said ->> 'receipts' IS NOT NULL;
END;

CREATE TRIGGER bookmark_added INSTEAD OF INSERT ON changes
WHEN new.type = 'bookmark.added' AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO bookmarks (account, room, seq, note, position, at)
    VALUES (substr(new.stream, 9), new.data ->> 'room', new.data ->> 'seq',
        coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) ->> 'note',
        new.position, new.at)
    ON CONFLICT (account, room, seq) DO UPDATE SET note = excluded.note;
END;

CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_by_account ON identities (account);


-- order in spaces and rooms ---------------------------------------------------------------------------

PRAGMA legacy_alter_table = ON;
ALTER TABLE spaces RENAME TO old_spaces;
ALTER TABLE rooms RENAME TO old_rooms;
ALTER TABLE read_markers RENAME TO old_read_markers;

CREATE TABLE spaces (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    icon TEXT,
    owner TEXT REFERENCES accounts,
    locked INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO spaces (id, name, description, icon, owner, deleted, created_at)
SELECT id, name, description, icon, owner, deleted, created_at FROM old_spaces;

DROP TABLE old_spaces;

CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    space TEXT REFERENCES spaces,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    private INTEGER NOT NULL,
    topic TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,
    slow_mode INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO rooms (id, space, name, kind, private, topic, archived, deleted, created_at)
SELECT id, space, name, kind, private, topic, archived, deleted, created_at FROM old_rooms;

DROP TABLE old_rooms;

CREATE TABLE read_markers (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

INSERT INTO read_markers (account, room, seq, nth)
SELECT account, room, seq, coalesce((
    SELECT nth FROM messages WHERE messages.room = marker.room AND messages.seq <= marker.seq
    ORDER BY messages.seq DESC LIMIT 1
), 0) FROM old_read_markers AS marker;

DROP TABLE old_read_markers;
PRAGMA legacy_alter_table = OFF;

CREATE INDEX rooms_by_space ON rooms (space);

CREATE TABLE reports (
    id TEXT PRIMARY KEY,
    space TEXT NOT NULL REFERENCES spaces,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    by TEXT NOT NULL,
    reason TEXT, -- gone with who reported it
    at INTEGER NOT NULL,
    resolved_by TEXT,
    resolved_at INTEGER,
    resolution TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX reports_by_space ON reports (space, id);
CREATE INDEX reports_by_author ON reports (by, id);

CREATE INDEX events_audited ON events (stream, position) WHERE type IN (
        'space.created', 'space.updated', 'space.deleted', 'space.locked', 'space.unlocked',
        'member.joined', 'member.left', 'member.role_set', 'member.kicked', 'member.banned',
        'member.unbanned', 'member.muted', 'member.unmuted', 'member.messages_erased', 'invite.created', 'invite.revoked',
        'emoji.added', 'emoji.removed', 'room.created', 'room.updated', 'room.archived', 'room.unarchived',
        'room.locked', 'room.unlocked', 'room.deleted', 'room.override_set', 'message.deleted',
        'pin.added', 'pin.removed'
    );
CREATE INDEX invites_by_author ON events (by, position) WHERE type = 'invite.created';

CREATE TRIGGER space_left INSTEAD OF INSERT ON changes
WHEN new.type IN ('member.left', 'member.kicked', 'member.banned') AND new.stream LIKE 'space/%' BEGIN
    UPDATE members SET until = new.position
    WHERE account = new.data ->> 'account' AND until IS NULL
        AND stream IN (SELECT 'room/' || id FROM rooms WHERE space = substr(new.stream, 7));
    UPDATE spaces SET owner = (
        SELECT account FROM members WHERE stream = new.stream AND role = 'owner' AND until IS NULL
        AND account <> new.data ->> 'account' ORDER BY since LIMIT 1
    ) WHERE id = substr(new.stream, 7) AND owner = new.data ->> 'account';
END;

CREATE TRIGGER space_dissolved INSTEAD OF INSERT ON changes
WHEN new.type IN ('space.deleted', 'room.deleted') BEGIN
    UPDATE members SET until = new.position WHERE until IS NULL AND (
        stream = new.stream OR (new.stream LIKE 'space/%'
            AND stream IN (SELECT 'room/' || id FROM rooms WHERE space = substr(new.stream, 7)))
    );
    UPDATE rooms SET deleted = 1 WHERE new.stream LIKE 'space/%' AND space = substr(new.stream, 7);
END;

-- The old role ends and the new one begins, so that one can tell who had which at any time.
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

CREATE TRIGGER room_order_changed INSTEAD OF INSERT ON changes
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


-- names that are kept, secrets of signing in ----------------------------------------------------------

CREATE TABLE account_names (
    name_key TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts,
    name TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_names_by_account ON account_names (account);

CREATE TABLE name_skeletons (
    skeleton TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts
) STRICT, WITHOUT ROWID;

CREATE TABLE second_factors (
    account TEXT PRIMARY KEY REFERENCES accounts,
    secret BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    used_step INTEGER NOT NULL,
    recovery_codes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_links (
    account TEXT PRIMARY KEY REFERENCES accounts,
    code_hash BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO account_names (name_key, account, name, at) SELECT name_key, id, name, created_at FROM accounts;

-- Where two looked alike already, the first one guards their looks.
INSERT OR IGNORE INTO name_skeletons (skeleton, account) SELECT skeleton(name), id FROM accounts ORDER BY id;

CREATE TRIGGER account_named INSTEAD OF INSERT ON changes
WHEN new.type IN ('account.created', 'account.renamed') AND new.stream LIKE 'account/%' BEGIN
    DELETE FROM account_names
    WHERE account = substr(new.stream, 9) AND name_key = (
        SELECT name_key(said ->> 'name')
        FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
        WHERE said ->> 'name' IS NOT NULL
    );
    INSERT INTO account_names (name_key, account, name, at)
    SELECT name_key(said ->> 'name'), substr(new.stream, 9), said ->> 'name', new.at
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
    WHERE said ->> 'name' IS NOT NULL;
END;

CREATE TRIGGER name_guarded INSTEAD OF INSERT ON changes
WHEN new.type IN ('account.created', 'account.renamed') AND new.stream LIKE 'account/%' BEGIN
    INSERT INTO name_skeletons (skeleton, account)
    SELECT seen, substr(new.stream, 9) FROM (
        SELECT skeleton(said ->> 'name') AS seen
        FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
        WHERE said ->> 'name' IS NOT NULL
    )
    WHERE NOT EXISTS (
        SELECT 1 FROM name_skeletons WHERE skeleton = seen AND account = substr(new.stream, 9)
    );
END;

CREATE TRIGGER account_renamed INSTEAD OF INSERT ON changes
WHEN new.type = 'account.renamed' AND new.stream LIKE 'account/%' BEGIN
    UPDATE accounts SET name = said ->> 'name', name_key = name_key(said ->> 'name')
    FROM (SELECT coalesce((SELECT text FROM bodies WHERE position = new.position), new.data) AS said)
    WHERE id = substr(new.stream, 9) AND said ->> 'name' IS NOT NULL;
END;
