"""Labels: what people read in place of an id, the name with the id behind it. See also `chatctl.lookup`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatctl.lookup import ID, account_names

if TYPE_CHECKING:
    from chatd.client import Client


def label(name: str | None, id_: str) -> str:
    """`ada (01J…)`; the id alone where no name is known."""
    return f"{name} ({id_})" if name and name != id_ else id_


def label_from(names: dict[str, str], id_: str) -> str:
    return label(names.get(id_), id_)


class Labels:
    """Asks for each name once, when it is first needed."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, str | None] = {}
        self._members: dict[str, str] | None = None

    async def account(self, id_: str) -> str:
        """What stands as `by`, too: `operator:…` and `system` have no name."""
        return label(await self.name(id_), id_)

    async def name(self, id_: str) -> str:
        """The name alone; the id where it is not known."""
        if id_ not in self._known:
            self._known[id_] = await self._account(id_) if ID.fullmatch(id_) else None
        return self._known[id_] or id_

    async def space(self, id_: str) -> str:
        if id_ not in self._known:
            self._known.update({space.id: space.name for space in await self._client.spaces()})
        return label(self._known.setdefault(id_, None), id_)

    async def room(self, id_: str) -> str:
        """`SPACE/ROOM`; a direct room has no name."""
        if id_ not in self._known:
            self._known[id_] = await self._room(id_)
        return label(self._known[id_], id_)

    async def stream(self, stream: str) -> str:
        kind, _, owner = stream.partition("/")
        match kind:
            case "room":
                return f"room/{await self.room(owner)}"
            case "space":
                return f"space/{await self.space(owner)}"
            case "account":
                return f"account/{await self.account(owner)}"
        return stream

    async def short(self, stream: str) -> str:
        """The stream with the name alone; with the id where none is known."""
        await self.stream(stream)
        kind, _, owner = stream.partition("/")
        return f"{kind}/{self._known.get(owner) or owner}" if owner else stream

    def forget(self, stream: str) -> None:
        """The next label asks again: whose stream it is may have been renamed."""
        self._known.pop(stream.partition("/")[2], None)

    async def _account(self, id_: str) -> str | None:
        if self._client.account is not None:
            if self._members is None:
                self._members = await account_names(self._client)
            return self._members.get(id_)
        from chatd.contract.account import AccountResult
        from chatd.contract.account_admin import GetAccount

        answer: Any = await self._found(GetAccount(account=id_), AccountResult)
        return answer.account.name if answer else None

    async def _room(self, id_: str) -> str | None:
        from chatd.contract.room import GetRoom, RoomDetailResult

        answer: Any = await self._found(GetRoom(id_), RoomDetailResult)
        if answer is None or not answer.room.name or not answer.room.space:
            return None
        await self.space(answer.room.space)
        return f"{self._known[answer.room.space] or answer.room.space}/{answer.room.name}"

    async def _found(self, request: object, result: type[Any]) -> Any:
        from chatd.client import Refused

        try:
            return await self._client.ask(request, result)
        except Refused as refusal:
            if refusal.code not in ("not_found", "forbidden"):
                raise
            return None
