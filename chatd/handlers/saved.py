"""Handlers of what an account saves: bookmarks and drafts."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.signals import signal_frame
from chatd.clock import now
from chatd.contract.bookmark import AddBookmark, Bookmark, BookmarkPage, ListBookmarks
from chatd.contract.draft import Draft, DraftList, ListDrafts, SetDraft
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.contract.signals import DraftSet
from chatd.contract.spec import DONE, Done
from chatd.domain.event import account_stream
from chatd.domain.internal import SaveBookmark
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.membership import Membership
from chatd.handlers.paging import PAGE_BYTES, fitting, text_size
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.handlers.rows import message_row
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, PutDraft, Reader, Row

MAX_DRAFTS: Final = 200  # of an account
SAVED_BYTES: Final = PAGE_BYTES  # of all texts in a list, which is one page

FULL: Final = Refusal("conflict", f"an account has at most {MAX_DRAFTS} drafts; delete some first")
HEAVY: Final = Refusal(
    "too_large", f"all drafts of an account have at most {SAVED_BYTES} bytes; delete some first"
)
NOT_A_ROOT: Final = Refusal("invalid", "thread must be the seq of the message that the thread began with")
BAD_PLACE: Final = Refusal("invalid", "after must be the `next` of the previous page")


class Bookmarks(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    visibility: Visibility
    membership: Membership

    async def add(self, caller: Caller, command: AddBookmark) -> Done | Refusal:
        account = await self.membership.account_in(caller, command.room)
        if isinstance(account, Refusal):
            return account
        found = await self.reader.messages(command.room, [command.seq])
        if not found or found[0]["deleted"]:
            return NO_SUCH_MESSAGE
        save = SaveBookmark(command.room, command.seq, command.note)
        context = context_of(caller, with_id=False)
        return await self.commands.ask(account_stream(account), save, context, Done)

    async def list_(self, caller: Caller, query: ListBookmarks) -> BookmarkPage | Refusal:
        """A full page, whatever is left out of it; shorter only when its texts would be too big."""
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        before = None
        if query.after is not None:
            if not (query.after.isascii() and query.after.isdecimal() and len(query.after) <= 16):
                return BAD_PLACE
            before = int(query.after)
        found: list[tuple[int, Bookmark]] = []
        seen: dict[str, bool] = {}
        exhausted = False
        while not exhausted and len(found) <= query.limit:
            rows = await self.reader.bookmarks(caller.account, before, query.limit + 1)
            found += await self._still_visible(caller, rows, seen)
            exhausted = len(rows) <= query.limit
            before = rows[-1]["position"] if rows else before
        page = fitting(found[: query.limit], lambda one: text_size(one[1].message.text))
        following = str(page[-1][0]) if len(found) > len(page) else None
        return BookmarkPage(bookmarks=[bookmark for _, bookmark in page], next=following)

    async def _still_visible(
        self, caller: Caller, rows: list[Row], seen: dict[str, bool]
    ) -> list[tuple[int, Bookmark]]:
        """Those whose message stands and is the caller's to see, each with its position."""
        messages: dict[tuple[str, int], Row] = {}
        for room in dict.fromkeys(row["room"] for row in rows):
            if room not in seen:
                seen[room] = not isinstance(await self.visibility.room(caller, room), Refusal)
            if seen[room]:
                seqs = [row["seq"] for row in rows if row["room"] == room]
                for message in await self.reader.messages(room, seqs):
                    messages[room, message["seq"]] = message
        visible = []
        for row in rows:
            found = messages.get((row["room"], row["seq"]))
            if found is not None and not found["deleted"]:
                visible.append((row["position"], pick(Bookmark, row, message=message_row(found))))
        return visible


class Drafts(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    bus: Bus
    membership: Membership

    async def set(self, caller: Caller, command: SetDraft) -> Done | Refusal:
        """An empty text ends a draft, also one in a room that the caller has left."""
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        account, room, thread = caller.account, command.room, command.thread or 0
        if command.text and (refusal := await self._refusal(caller, room, thread)) is not None:
            return refusal
        rows = await self.reader.drafts(account)
        texts = {(row["room"], row["thread"]): row["text"] for row in rows}
        if texts.get((room, thread), "") == command.text:
            return DONE
        texts[room, thread] = command.text
        ended = [PutDraft(account, row["room"], row["thread"], "", now()) for row in rows if row["hidden"]]
        if len(texts) <= MAX_DRAFTS and sum(map(text_size, texts.values())) <= SAVED_BYTES:
            ended.clear()  # there is room; who comes back to a room finds the draft again
        for draft in ended:
            del texts[draft.room, draft.thread]
        if command.text and len(texts) > MAX_DRAFTS:
            return FULL
        if command.text and sum(text_size(text) for text in texts.values()) > SAVED_BYTES:
            return HEAVY
        draft = PutDraft(account, room, thread, command.text, now())
        await self.commands.write(*ended, draft)
        base = UNSET if command.base is None else command.base
        changed = DraftSet(room=room, thread=thread or None, text=draft.text, at=draft.at, base=base)
        self.bus.signal(account, signal_frame("draft.set", account_stream(account), account, changed))
        return DONE

    async def _refusal(self, caller: Caller, room: str, thread: int) -> Refusal | None:
        """Why there can be no draft in the room, or in the thread."""
        account = await self.membership.account_in(caller, room)
        if isinstance(account, Refusal):
            return account
        if not thread:
            return None
        found = await self.reader.messages(room, [thread])
        if not found or found[0]["deleted"]:
            return NO_SUCH_MESSAGE
        return NOT_A_ROOT if found[0]["thread"] is not None else None

    async def list_(self, caller: Caller, query: ListDrafts) -> DraftList | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        rows = [row for row in await self.reader.drafts(caller.account) if not row["hidden"]]
        return DraftList(drafts=[pick(Draft, row, thread=row["thread"] or None) for row in rows])
