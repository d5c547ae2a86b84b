"""Signing in while others sign in with the same code, or change what was asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
from actor_world import World
from msgspec.structs import replace

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.auth.login_throttle import LoginThrottle
from chatd.auth.passwords import Passwords
from chatd.auth.tokens import Tokens, hashed
from chatd.clock import now
from chatd.contract.account_admin import DisableAccount
from chatd.contract.errors import Refusal
from chatd.contract.sign_in import Refresh, SignedIn, SignIn
from chatd.domain import totp
from chatd.handlers import sign_in as handler
from chatd.handlers.credentials import Credentials
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.passkey_proofs import PasskeyNames, PasskeyProofs
from chatd.handlers.refusals import DISABLED
from chatd.handlers.second_factor import CODE_NEEDED, WRONG_CODE
from chatd.handlers.server_address import ServerAddress
from chatd.handlers.sign_in import REFRESH_GRACE, WRONG, SignIns
from chatd.ports import Caller, PutCredential, PutSecondFactor, StoreUnavailable
from chatd.settings import Settings

SECRET = b"s" * totp.SECRET_BYTES
SPARES = ("spare one", "spare two")
VISITOR = Caller("127.0.0.1", "")


class Matching(Passwords):
    """Every password is right, and `then` happens after that was found out."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], Awaitable[object]] = trio.lowlevel.checkpoint

    async def matches(self, password_hash: str | None, password: str) -> bool:
        await self.then()
        return True


class Elsewhere:
    """What other nodes know. `catching_up` happens where this one asks them."""

    sequence, cut_off = 0, None

    def __init__(self, catching_up: Callable[[], Awaitable[object]]) -> None:
        self.catching_up = catching_up

    async def catch_up(self) -> None:
        await self.catching_up()


@pytest.fixture
def passwords() -> Matching:
    return Matching()


@pytest.fixture
async def sign_ins(world: World, passwords: Matching) -> SignIns:
    settings, commands = Settings(limits=False), CommandBus(world.directory, world.writer)
    await commands.write(PutCredential("ann", "hash"))
    tokens = DeviceTokens(settings, Tokens(bytes(32), "epoch"), commands, LiveSessions())
    throttle = LoginThrottle(settings)
    credentials = Credentials(world.reader, commands, passwords, throttle, "chatd")
    proofs = PasskeyProofs(world.reader, PasskeyNames(settings, ServerAddress()))
    return SignIns(settings, world.reader, commands, throttle, credentials, tokens, proofs)


def factor(*spares: str) -> PutSecondFactor:
    hashes = b"".join(hashed(spare.replace(" ", "")) for spare in spares)
    return PutSecondFactor("ann", SECRET, True, 0, hashes)


async def sign_in(sign_ins: SignIns, *codes: str | None) -> list[object]:
    """All at once."""
    answers: list[object] = []

    async def note(code: str | None) -> None:
        answers.append(await sign_ins.sign_in(VISITOR, SignIn("ann", "password", code=code)))

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            for code in codes:
                nursery.start_soon(note, code)
    return answers


@pytest.mark.parametrize("kind", ["app", "spare"])
async def test_a_code_that_several_give_at_once_lets_one_in(
    sign_ins: SignIns, world: World, kind: str
) -> None:
    await sign_ins.commands.write(factor(*SPARES))
    code = totp.code(SECRET, totp.step_at(now())) if kind == "app" else SPARES[0]
    answers = await sign_in(sign_ins, *[code] * 4)
    assert sum(isinstance(answer, SignedIn) for answer in answers) == 1
    assert answers.count(WRONG_CODE) == 3
    assert len(await world.reader.devices("ann")) == 1


async def test_different_codes_that_are_given_at_once_are_all_good_and_all_spent(
    sign_ins: SignIns, world: World
) -> None:
    spares = [f"spare {number}" for number in range(8)]
    await sign_ins.commands.write(factor(*spares))
    answers = await sign_in(sign_ins, *spares)
    assert all(isinstance(answer, SignedIn) for answer in answers)
    left = await world.reader.second_factor("ann")
    assert left is not None
    assert left["recovery_codes"] == b""


async def test_a_password_that_is_changed_while_it_is_checked_lets_nobody_in(
    sign_ins: SignIns, passwords: Matching, world: World
) -> None:
    passwords.then = lambda: sign_ins.commands.write(PutCredential("ann", "another"))
    assert await sign_in(sign_ins, None) == [WRONG]
    assert await world.reader.devices("ann") == []


async def test_a_second_factor_that_is_switched_on_meanwhile_is_asked_for(
    sign_ins: SignIns, passwords: Matching, world: World
) -> None:
    passwords.then = lambda: sign_ins.commands.write(factor())
    assert await sign_in(sign_ins, None) == [CODE_NEEDED]
    assert await world.reader.devices("ann") == []


async def test_what_changes_between_looking_and_writing_is_looked_at_again(
    sign_ins: SignIns, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is disabled when everything has been read, and before the device is written."""
    ask = sign_ins.commands.ask

    async def disable_first(bus: CommandBus, *request: Any, **conditions: Any) -> Any:
        await world.ask("account/ann", DisableAccount("ann"), "system")
        return await ask(*request, **conditions)

    monkeypatch.setattr(CommandBus, "ask", disable_first)
    assert await sign_in(sign_ins, None) == [DISABLED]
    assert await world.reader.devices("ann") == []


async def test_a_wrong_password_counts_once_though_other_nodes_are_asked(
    sign_ins: SignIns, passwords: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Be they there or not."""
    checked: list[str | None] = []

    async def wrong(password_hash: str | None, password: str) -> bool:
        checked.append(password_hash)
        return False

    async def silent() -> None:
        raise StoreUnavailable("nobody answers")

    monkeypatch.setattr(passwords, "matches", wrong)
    throttle = LoginThrottle(Settings(login_free_tries=2))
    for catching_up in (trio.lowlevel.checkpoint, silent):
        credentials = replace(sign_ins.credentials, fresh=Elsewhere(catching_up))
        there = replace(sign_ins, credentials=credentials, throttle=throttle)
        assert await sign_in(there, None) == [WRONG]
    assert checked == ["hash", "hash"]
    [answer] = await sign_in(there, None)
    assert isinstance(answer, Refusal)
    assert answer.code == "rate_limited"


@pytest.mark.parametrize("behind", [True, False], ids=["a node is behind", "no node is behind"])
async def test_a_used_token_is_no_theft_by_a_clock_that_is_ahead_of_another_nodes(
    sign_ins: SignIns, world: World, monkeypatch: pytest.MonkeyPatch, behind: bool
) -> None:
    """Two tabs refresh with one token, each at another node; the first one's clock is the one behind."""
    [signed_in] = await sign_in(sign_ins, None)
    assert isinstance(signed_in, SignedIn)
    refresh = Refresh(signed_in.refresh_token)
    assert isinstance(await sign_ins.refresh(VISITOR, refresh), SignedIn)
    ahead = now() + REFRESH_GRACE + 1000
    monkeypatch.setattr(handler, "now", lambda: ahead)
    there = replace(sign_ins, earliest=now if behind else lambda: ahead)
    assert isinstance(await there.refresh(VISITOR, refresh), SignedIn) == behind
    assert len(await world.reader.devices("ann")) == behind
