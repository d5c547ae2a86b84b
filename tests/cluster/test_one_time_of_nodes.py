"""What one node gave out once is taken on another one, once."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec
import pytest
from net_of_two import NetOfTwo, Wires

from chatd.auth.one_time_tokens import OneTimeTokens
from chatd.auth.sso_flow import Away, Returned
from chatd.auth.webauthn import RelyingParty
from chatd.cluster.one_time import OneTimeOfNodes
from chatd.handlers.passkey_proofs import Ceremony
from chatd.ports import Identity
from chatd.web_origin import Origin

T = TypeVar("T")


class Nodes:
    nodes = ("a", "b", "c")


def kept(wires: Wires, type_: type[T]) -> tuple[OneTimeTokens[T], OneTimeTokens[T], OneTimeTokens[T]]:
    """The same kind of secrets as each of three nodes has it."""
    found: list[OneTimeTokens[T]] = []
    for node in Nodes.nodes:
        tokens: OneTimeTokens[T] = OneTimeTokens(60, 10)
        OneTimeOfNodes(NetOfTwo(node, wires), cast(Any, Nodes)).share("these", tokens, type_)
        found.append(tokens)
    return found[0], found[1], found[2]


ORIGIN = Origin("https", "chat.example", 443)


@pytest.mark.parametrize(
    "value",
    [
        "an account",
        Away(b"\x00\xff", "nonce", "verifier", None, "ann"),
        Returned(Identity("https://issuer", "subject", "ann"), "challenge", None),
        Ceremony(RelyingParty("chat.example", frozenset({ORIGIN})), b"\x00\xff", None),
    ],
)
async def test_what_one_node_keeps_is_taken_once_on_any(value: Any) -> None:
    a, b, c = kept(Wires(), type(value))
    secret = c.keep(value)
    assert await a.take_anywhere(secret) == value
    assert [await tokens.take_anywhere(secret) for tokens in (a, b, c)] == [None, None, None]


async def test_whoever_asks_for_what_is_on_a_node_that_is_gone_begins_again() -> None:
    wires = Wires()
    a, b, c = kept(wires, str)
    lost, found = b.keep("lost"), c.keep("found")
    wires.down.add("b")
    assert await a.take_anywhere(lost) is None
    assert await a.take_anywhere(found) == "found"


async def test_an_answer_that_cannot_be_read_is_no_answer() -> None:
    wires = Wires()
    a, _, _ = kept(wires, str)

    async def odd(data: bytes) -> bytes:
        return msgspec.msgpack.encode(7)

    wires.answers["once.these.b"] = odd
    assert await a.take_anywhere("a secret") is None
