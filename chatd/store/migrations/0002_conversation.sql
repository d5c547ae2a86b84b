-- From messages as they are posted to all that people do with them. What it means is told in schema.sql.


-- messages --------------------------------------------------------------------------------------------

-- The trigger first: it would follow the table to its other name.
DROP TRIGGER message_posted;
DROP INDEX messages_once;
ALTER TABLE messages RENAME TO old_messages;

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

-- A reply of then names no thread in its event, so it stands in none.
INSERT INTO messages (room, seq, position, at, by, nonce, reply_to, nth, body)
SELECT room, seq, position, at, by, nonce, reply_to,
    row_number() OVER (PARTITION BY room ORDER BY seq), position
FROM old_messages;

DROP TABLE old_messages;

CREATE UNIQUE INDEX messages_once ON messages (room, by, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX messages_by_author ON messages (room, by, deleted);
CREATE INDEX messages_by_thread ON messages (room, thread) WHERE thread IS NOT NULL;
CREATE INDEX messages_deleted ON messages (room, seq, deleted) WHERE deleted;
CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL AND NOT deleted;


-- texts -----------------------------------------------------------------------------------------------

DROP TRIGGER fact_is_logged;
ALTER TABLE bodies RENAME TO old_bodies;

CREATE TABLE body_rows (
    position INTEGER PRIMARY KEY REFERENCES events,
    salt BLOB NOT NULL,
    text TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO body_rows (position, salt, text) SELECT position, salt, text FROM old_bodies;

DROP TABLE old_bodies;

CREATE VIEW bodies AS
SELECT position, salt, text FROM body_rows WHERE NOT erased;


-- new tables -------------------------------------------------------------------------------------------

CREATE INDEX members_past ON members (stream, until) WHERE until IS NOT NULL;

CREATE TABLE edits (
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL REFERENCES events,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    PRIMARY KEY (room, seq, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
    account TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES rooms,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account, room, seq)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE subscriptions (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    level TEXT,
    muted_until INTEGER,
    PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;

CREATE INDEX subscriptions_by_room ON subscriptions (room, level);

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

CREATE TABLE deliveries (
    account TEXT PRIMARY KEY REFERENCES accounts,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE presence (
    account TEXT PRIMARY KEY REFERENCES accounts,
    mode TEXT,
    last_seen INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
    account TEXT NOT NULL REFERENCES accounts,
    room TEXT NOT NULL REFERENCES rooms,
    thread INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, room, thread)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE followers (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;


-- how a fact becomes rows -----------------------------------------------------------------------------

CREATE TRIGGER body_erased INSTEAD OF DELETE ON bodies BEGIN
    UPDATE body_rows SET salt = zeroblob(length(salt)), text = CAST(zeroblob(length(CAST(text AS BLOB))) AS TEXT),
        erased = 1
    WHERE position = old.position;
END;

CREATE TRIGGER fact_is_logged INSTEAD OF INSERT ON facts WHEN new.position IS NOT NULL BEGIN
    INSERT INTO events (position, stream, seq, type, at, by, data, body, hash)
    VALUES (new.position, new.stream, new.seq, new.type, new.at, new.by, new.data, new.body, new.hash);
    INSERT INTO body_rows (position, salt, text)
    SELECT new.position, new.salt, new.text WHERE new.text IS NOT NULL;
END;

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
