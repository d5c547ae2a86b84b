"""Names that texts mention are looked up once, and one that was nobody's is found when it is somebody's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import trio

from chatd.actors.workers.mention_names import MentionNames
from chatd.domain.decision import Context
from chatd.domain.event import Event


class Accounts:
    """Reader and presence in one; `asked` are the keys of each look."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.asked: list[list[str]] = []
        self.meanwhile: Any = lambda: None

    async def accounts_named(self, keys: Sequence[str]) -> list[dict[str, str]]:
        self.asked.append(list(keys))
        found = [{"name_key": key, "id": self.names[key]} for key in keys if key in self.names]
        await trio.lowlevel.checkpoint()
        self.meanwhile()
        return found

    def here(self) -> frozenset[str]:
        return frozenset({"ann"})


def created(account: str) -> Event:
    return Event(1, f"account/{account}", 1, "account.created", 1, "system", {})


CONTEXT = Context("ann", 1)


async def test_each_name_is_looked_up_once_whether_somebody_has_it_or_not() -> None:
    accounts = Accounts()
    accounts.names["bob"] = "b"
    names = MentionNames(accounts, accounts)  # type: ignore[arg-type]
    for _ in range(2):
        context = await names.context(CONTEXT, "@bob @Override @Test")
        assert context.names == {"bob": "b"}
        assert context.mentions == [("bob",), ("override",), ("test",)]
    assert accounts.asked == [["bob", "override", "test"]]


async def test_a_name_that_nobody_had_is_found_when_somebody_gets_it() -> None:
    accounts = Accounts()
    names = MentionNames(accounts, accounts)  # type: ignore[arg-type]
    assert not (await names.context(CONTEXT, "@eve")).names
    accounts.names["eve"] = "e"
    names.follow([created("e")])
    assert (await names.context(CONTEXT, "@eve")).names == {"eve": "e"}


async def test_a_name_is_looked_up_again_when_its_account_is_made_while_it_is_looked_up() -> None:
    accounts = Accounts()
    names = MentionNames(accounts, accounts)  # type: ignore[arg-type]
    accounts.meanwhile = lambda: names.follow([created("e")])
    assert not (await names.context(CONTEXT, "@eve")).names
    accounts.names["eve"] = "e"
    assert (await names.context(CONTEXT, "@eve")).names == {"eve": "e"}


async def test_a_deleted_account_is_forgotten_even_while_it_is_looked_up() -> None:
    accounts = Accounts()
    accounts.names["bob"] = "b"
    names = MentionNames(accounts, accounts)  # type: ignore[arg-type]
    accounts.meanwhile = lambda: names.forget("b")
    assert (await names.context(CONTEXT, "@bob")).names == {"bob": "b"}
    accounts.names["bob"] = "another"
    assert (await names.context(CONTEXT, "@bob")).names == {"bob": "another"}


async def test_who_is_here_is_asked_only_for_texts_that_say_so() -> None:
    accounts = Accounts()
    names = MentionNames(accounts, accounts)  # type: ignore[arg-type]
    assert not (await names.context(CONTEXT, "@bob")).present
    assert (await names.context(CONTEXT, "lunch, @here?")).present == {"ann"}
