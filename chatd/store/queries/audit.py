"""Questions to the audit of a space or the server: who did what, whom invites let in, who was banned."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from collections.abc import Sequence

from chatd.contract import events
from chatd.contract.audit import ListAudit
from chatd.domain.names.folded import FIELD
from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

# the condition of the index `events_audited`, in the same order, so that SQLite sees that it may use it
OFTEN = ("message.posted", "message.edited", "reaction.added", "notification.created")
NOBODY = "(type <> 'message.deleted' OR by <> 'system')"  # whose time was over
AUDITED = " AND ".join(
    (*(f"type <> {name!r}" for name in OFTEN), NOBODY, f"type IN ({', '.join(map(repr, events.AUDITED))})")
)
LET_IN = json_rows.folded(
    f"""
    SELECT invite, account, at FROM (
        SELECT position, at, data ->> 'account' AS account, data ->> 'invite' AS invite,
            row_number() OVER (PARTITION BY data ->> 'invite' ORDER BY position DESC) AS nth
        FROM events WHERE stream = 'space/' || ?1 AND {AUDITED} AND type = 'member.joined'
        AND data ->> 'invite' IN (SELECT value FROM json_each(?2))
    )
    WHERE nth <= ?3 ORDER BY position DESC LIMIT -1
    """,
    ("invite", "account", "at"),
)
# of each group the row with the highest position: https://sqlite.org/lang_select.html#bareagg
BANS = json_rows.folded(
    f"""
    SELECT type, data ->> 'account' AS account, by, at, data ->> 'reason' AS reason, max(position)
    FROM events WHERE stream = 'space/' || ?1 AND {AUDITED} AND type IN ('member.banned', 'member.muted')
        AND data ->> 'account' IN (SELECT value FROM json_each(?2))
    GROUP BY type, data ->> 'account'
    """,
    ("type", "account", "by", "at", "reason"),
)
# Without a space (`?1` NULL) the server's own stream and the direct rooms. `?7` looks: an account, to whom
# private rooms that it is not in do not exist, or NULL for an operator
STREAMS = """
    SELECT coalesce('space/' || ?1, 'server/main')
    UNION ALL SELECT 'room/' || id FROM rooms WHERE space IS ?1 AND (
        ?7 IS NULL OR NOT private OR EXISTS (
            SELECT 1 FROM members WHERE account = ?7 AND stream = 'room/' || rooms.id AND until IS NULL
        )
    )
"""
# the condition of the index `events_over_accounts`
OVER_ACCOUNTS = f"""
    type > 'account.' AND type < 'account/' AND type IN ({", ".join(map(repr, events.OVER_ACCOUNTS))})
    AND (by <> substr(stream, 9) OR type = 'account.deleted')
"""
AUDIT = json_rows.folded(
    f"""
    SELECT position, stream, seq, type, at, by, json_remove(data, '$.{FIELD}') AS data FROM (
        SELECT * FROM (
            SELECT position, stream, seq, type, at, by, data FROM events
            WHERE stream IN ({STREAMS}) AND {AUDITED} AND position < ?5
            AND (?2 IS NULL OR by = ?2)
            AND (?3 IS NULL OR coalesce(data ->> 'account', data ->> 'author') = ?3)
            AND (?4 IS NULL OR type = ?4)
            ORDER BY position DESC LIMIT ?6
        )
        UNION ALL
        SELECT * FROM (
            SELECT position, stream, seq, type, at, by, data FROM events
            WHERE ?1 IS NULL AND {OVER_ACCOUNTS} AND position < ?5
            AND (?2 IS NULL OR by = ?2)
            AND (?3 IS NULL OR stream = 'account/' || ?3)
            AND (?4 IS NULL OR type = ?4)
            ORDER BY position DESC LIMIT ?6
        )
    )
    ORDER BY position DESC LIMIT ?6
    """,
    ("position", "stream", "seq", "type", "at", "by"),
    nested=("data",),
)
NEWEST = 2**63 - 1


class AuditQueries(Queries):
    async def audit(self, query: ListAudit, viewer: str | None) -> list[Row]:
        below = NEWEST if query.before is None else query.before
        return await self._rows(
            AUDIT, query.space, query.by, query.account, query.type, below, query.limit + 1, viewer
        )

    async def let_in(self, space: str, invites: Sequence[str], limit: int) -> list[Row]:
        return await self._rows(LET_IN, space, json_rows.array(invites), limit)

    async def bans(self, space: str, accounts: Sequence[str]) -> list[Row]:
        return await self._rows(BANS, space, json_rows.array(accounts))
