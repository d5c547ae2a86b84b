"""What imports leave in tables beside the log: the SQL that says which of them still has something, and what
becomes of that when one is taken back."""

from __future__ import annotations

# Whether the import `other` has something, or is still to have. One that found all there has not.
STANDS = """
    other.undone_at IS NULL AND (
        other.finished_at IS NULL
        OR EXISTS (
            SELECT 1 FROM messages INDEXED BY messages_imported WHERE imported = other.id AND NOT deleted
        )
        OR EXISTS (
            SELECT 1 FROM import_people AS made
            WHERE made.space = other.space AND made.source = other.source AND made.import = other.id
        )
        OR EXISTS (
            SELECT 1 FROM import_rooms AS made
            WHERE made.space = other.space AND made.source = other.source AND made.import = other.id
        )
    )
"""
# What is left belongs to the newest import that has not been taken back. Where there is none, a room stays
# with the one that made it, and an account that was claimed is like one that was there before.
HAND_ON = """
    UPDATE {table} SET import = coalesce((
        SELECT max(id) FROM imports WHERE imports.space = {table}.space AND imports.source = {table}.source
            AND undone_at IS NULL
    ), {else_}) WHERE import = ?1 AND (space, source) = (SELECT space, source FROM imports WHERE id = ?1)
"""
DROP_IMPORT_ROOMS = """
    DELETE FROM import_rooms WHERE import = ?1
        AND (space, source) = (SELECT space, source FROM imports WHERE id = ?1)
        AND (SELECT deleted FROM rooms WHERE id = room)
"""
# Whose deletion taking it back has ordered: a later run makes them anew.
DROP_IMPORT_PEOPLE = """
    DELETE FROM import_people WHERE import = ?1 AND account IN (SELECT account FROM erasures)
"""
# With the last import of a source goes what the admin said of it: which account is whom, which room is which.
# Who claimed an account that an import had made is known further on, and that somebody was deleted.
FORGET_SAID = """
    DELETE FROM {table} WHERE import IS NULL AND NOT EXISTS (
        SELECT 1 FROM imports AS other
        WHERE other.space = {table}.space AND other.source = {table}.source AND {stands}
    ) {and_}
"""
ITS_SOURCE = "AND (space, source) = (SELECT space, source FROM imports WHERE id = ?1)"
THERE_BEFORE = """
    AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.id = account AND accounts.deleted)
    AND NOT EXISTS (SELECT 1 FROM erasures WHERE erasures.account = import_people.account)
    AND NOT EXISTS (
        SELECT 1 FROM events WHERE stream = 'account/' || account AND seq = 1 AND data ->> 'placeholder'
    )
"""
FORGET_ALL_SAID = (
    FORGET_SAID.format(table="import_people", stands=STANDS, and_=THERE_BEFORE),
    FORGET_SAID.format(table="import_rooms", stands=STANDS, and_=""),
)
CLOSE_IMPORT = (
    DROP_IMPORT_PEOPLE,
    DROP_IMPORT_ROOMS,
    *(f"{forget} {ITS_SOURCE}" for forget in FORGET_ALL_SAID),
    HAND_ON.format(table="import_rooms", else_="import"),
    HAND_ON.format(table="import_people", else_="NULL"),
)
