"""What the log shows of an event to an account that reads it later: no more than queries show at that time.

An event stays in its place, whatever it shows, so that no seq is missing. Its data is left out where the
account holds no right to it. Where the account may not see the room or space any more, the event says that
something happened and to which message or member, and nothing else. A text that was replaced since, of which
`message.edits` would refuse the versions, comes as it reads now; so do names and descriptions of rooms and
spaces.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Iterable

from chatd.contract.events import ABOUT_MEMBERS, DETAILS, DISSOLVES, RESTRICTED
from chatd.domain.policy.acquaintance import UNSEEN
from chatd.domain.policy.roles import LOWEST_ROLE, RANK
from chatd.store.queries.acquaintance import SHARED_ROOM_AT, sees
from chatd.store.queries.file import with_files
from chatd.store.queries.ranks import case, rank_of

# In all of these ?1 is the account, and `events` the row of the event.


def _in_turn(*conditions: str) -> str:
    """Whether all hold: each is asked only where those before it do. SQLite works out both sides of an AND
    that is a column, and what an account may see would be asked of every event, in all of its rooms."""
    *first, last = conditions
    return "".join(f"iif({condition}, " for condition in first) + last + ", false)" * len(first)


def _names(types: Iterable[str]) -> str:
    return ", ".join(repr(type_) for type_ in sorted(types))


_RANK = rank_of("role")
_NEEDED = case("events.type", {type_: RANK[LOWEST_ROLE[right]] for type_, right in RESTRICTED.items()})
# a bot's role is never higher than its owner's
_ACCOUNT_OR_OWNER = "(?1, (SELECT owner FROM bots WHERE account = ?1))"
# What is about the account itself, or ends the stream for all, is shown to those who are out, too.
_FOR_IT = f"""(
    events.stream NOT LIKE 'account/%'
    AND (coalesce(events.data ->> 'account', '') = ?1 OR events.type IN ({_names(DISSOLVES)}))
)"""
# Whether the account may look into the stream now: see `sees` in `chatd.domain.policy.access`.
_SEES = """(
    EXISTS (SELECT 1 FROM members WHERE account = ?1 AND stream = events.stream AND until IS NULL)
    OR events.stream LIKE 'room/%' AND EXISTS (
        SELECT 1 FROM rooms CROSS JOIN log_public_rooms AS public
        WHERE rooms.id = substr(events.stream, 6) AND NOT rooms.private AND NOT rooms.deleted
        AND public.account = ?1 AND public.space = rooms.space
    )
)"""
# An event in `RESTRICTED` takes a right, both then and now. That a member is out by a ban is for all members.
# (`iif`, because with an OR there SQLite would look at all members of the space.)
_RESTRICTED = _in_turn(
    f"events.type IN ({_names(RESTRICTED)})",
    "events.stream LIKE 'space/%'",
    """NOT (
        events.type = 'member.banned' AND EXISTS (
            SELECT 1 FROM members WHERE stream = events.stream
            AND account = events.data ->> 'account' AND until = events.position
        )
    )""",
    f"""(NOT {_SEES} OR EXISTS (
        SELECT 1 FROM members
        WHERE account IN {_ACCOUNT_OR_OWNER} AND stream = events.stream AND {_RANK} < {_NEEDED}
        AND iif(until IS NULL, true, since <= events.position AND until > events.position)
    ))""",
)
# Whether it reads a space's event as a guest: it is one now, or was one then and is out now.
# (`iif`, because with an OR there SQLite would look at all members of the stream.)
_AS_GUEST = _in_turn(
    "events.stream LIKE 'space/%'",
    f"""EXISTS (
        SELECT 1 FROM members
        WHERE account IN {_ACCOUNT_OR_OWNER} AND stream = events.stream AND role = 'guest'
        AND iif(until IS NULL, true, since <= events.position AND until >= events.position AND NOT {_SEES})
    )""",
)


def _unseen(account: str) -> str:
    """Whether a guest sees this account neither now nor then: see `chatd.domain.policy.acquaintance`."""
    then = SHARED_ROOM_AT.format(one="?1", other=account, at="events.position")
    return f"(NOT {sees('?1', account)} AND NOT {then})"


_UNSEEN_MEMBER = _in_turn(
    f"events.type IN ({_names(ABOUT_MEMBERS)})", _AS_GUEST, _unseen("events.data ->> 'account'")
)
_UNSEEN_AUTHOR = _in_turn(_AS_GUEST, "events.by NOT LIKE 'operator:%'", _unseen("events.by"))
# Whether the account holds `message.see_edits` now: see `may_see_edits` in `chatd.domain.room.message`.
_SEES_EDITS = f"""coalesce((
    SELECT min({_RANK}) FROM rooms CROSS JOIN members
    WHERE rooms.id = message.room AND members.stream = 'space/' || rooms.space
    AND members.account IN {_ACCOUNT_OR_OWNER} AND until IS NULL
) >= {RANK[LOWEST_ROLE["message.see_edits"]]}, 0)"""
_REPLACED = f"""(
    message.deleted OR (message.body <> events.position AND events.by <> ?1 AND NOT {_SEES_EDITS})
)"""


def _without(names: Iterable[str]) -> str:
    return f"json_remove(data, {', '.join(repr(f'$.{name}') for name in names)})"


_WITHOUT_DETAILS = (
    f"coalesce({case('type', {type_: _without(names) for type_, names in DETAILS.items()})}, data)"
)


def _as_now(table: str, columns: Iterable[str]) -> str:
    """The data with what the columns say now; only fields that are there are replaced."""
    noun = table.removesuffix("s")
    id_ = f"coalesce(data ->> '{noun}', substr(stream, {len(noun) + 2}))"  # a space tells of its rooms, too
    row = f"FROM {table} WHERE id = {id_}"
    there = f"EXISTS (SELECT 1 {row})"
    now = ", ".join(
        f"'$.{column}', iif({there}, (SELECT coalesce({column}, '') {row}), data ->> '{column}')"
        for column in columns
    )
    return f"WHEN type IN ('{noun}.created', '{noun}.updated') THEN json_replace(data, {now})"


_NAMED_AS_NOW = f"""
            {_as_now("rooms", ("name", "topic"))}
            {_as_now("spaces", ("name", "description", "icon"))}
"""


def shown(condition: str) -> str:
    """SQL for the columns of `json_rows.EVENT`: of the `events` that fulfil a condition, in their order, what
    the account ?1 is shown."""
    return f"""
    SELECT position, stream, seq, type, at, by, {with_files("shown")} AS data, text, hash
    FROM (SELECT position, stream, seq, type, at, iif(unseen, '{UNSEEN}', by) AS by,
        CASE
            WHEN restricted THEN '{{}}'
            WHEN outside THEN {_WITHOUT_DETAILS}
            {_NAMED_AS_NOW}
            WHEN newest IS NULL THEN data
            WHEN mentions IS NULL THEN json_remove(data, '$.mentions')
            ELSE json_set(data, '$.mentions', json(mentions))
        END AS data,
        iif(outside, NULL, (
            SELECT text FROM bodies WHERE bodies.position = coalesce(newest, replay.position)
        )) AS text,
        hash
    FROM (
        SELECT events.position, events.stream, events.seq, events.type, events.at, events.by, events.data,
            events.hash,
            NOT {_FOR_IT} AND ({_RESTRICTED} OR {_UNSEEN_MEMBER}) AS restricted, {_UNSEEN_AUTHOR} AS unseen,
             NOT {_FOR_IT} AND NOT {_SEES} AS outside,
            iif({_REPLACED}, message.body, NULL) AS newest, message.mentions
        FROM events LEFT JOIN messages AS message
            ON events.type IN ('message.posted', 'message.edited')
            AND message.room = substr(events.stream, 6)
            AND message.seq = iif(events.type = 'message.posted', events.seq, events.data ->> 'seq')
        WHERE {condition}
    ) AS replay) AS shown
    ORDER BY position LIMIT -1
    """
