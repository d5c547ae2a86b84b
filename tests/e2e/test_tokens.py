"""Tokens that are none, or none any more: forged, from elsewhere, expired, taken back. And how soon an open
connection ends when its device does."""

from __future__ import annotations

import base64
import hmac
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from websockets.exceptions import ConnectionClosed

from .conftest import Serve
from .serving import Server
from .talking import Client, Frame
from .town import Account, Town

PASSWORD = "a lantern over seven still ponds"
OTHER = "eleven grey herons at the weir"
AT_ONCE = 1.0  # seconds in which a connection ends with its device


def parts(token: str) -> tuple[Frame, Frame]:
    """Header and claims."""
    header, claims, _ = token.split(".")
    return json.loads(_decoded(header)), json.loads(_decoded(claims))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: Frame, claims: Frame, key: bytes, digest: str = "sha256") -> str:
    """By hand, so that no library stands in the way."""
    said = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{said}.{_encoded(hmac.digest(key, said.encode(), digest))}"


def signing_key(server: Server) -> bytes:
    with closing(sqlite3.connect(f"file:{server.data / 'chatd.db'}?mode=ro", uri=True)) as database:
        [key] = database.execute("SELECT secret FROM keys WHERE name = 'signing'").fetchone()
    return bytes(key)


@pytest.fixture(scope="module")
def key(server: Server) -> bytes:
    return signing_key(server)


def opens(town: Town, token: str) -> bool:
    """Whether the token is good, in the command and in the handshake alike."""
    by_command = town.dial()
    reply = by_command.reply(by_command.send("session.open", token=token))
    by_header = town.dial(token=token)
    same = by_header.reply(by_header.send("session.open"))
    assert ("result" in reply) is ("result" in same)
    if "error" in reply:
        refusal = town.dial().refusal("session.open", token="nonsense")
        assert reply["error"] == same["error"]
        assert reply["error"] == refusal or "disabled" in reply["error"]["message"]
        assert reply["error"]["code"] == "unauthenticated"
    return "result" in reply


# --- forged ---


def test_a_token_signed_by_hand_with_the_right_key_is_good(town: Town, key: bytes) -> None:
    """So that the refusals below are for the reasons that they name."""
    header, claims = parts(town.account().token)
    assert header == {"typ": "JWT", "alg": "HS256"}
    assert opens(town, signed(header, claims, key))


CHANGES: dict[str, Callable[[Frame], Frame]] = {
    "another audience": lambda claims: {**claims, "aud": "elsewhere"},
    "no audience": lambda claims: without(claims, "aud"),
    "another deployment": lambda claims: {**claims, "iss": "01JZZZZZZZ0000000000000000"},
    "no deployment": lambda claims: without(claims, "iss"),
    "expired": lambda claims: {**claims, "exp": claims["iat"] - 1},
    "without an end": lambda claims: without(claims, "exp"),
    "an end that is no number": lambda claims: {**claims, "exp": "never"},
    "no account": lambda claims: without(claims, "sub"),
    "no device": lambda claims: without(claims, "sid"),
    "a device that never was": lambda claims: {**claims, "sid": "01JZZZZZZZ0000000000000000"},
    "an account that never was": lambda claims: {**claims, "sub": "01JZZZZZZZ0000000000000000"},
    "accounts": lambda claims: {**claims, "sub": [claims["sub"]]},
}


def without(claims: Frame, name: str) -> Frame:
    return {other: value for other, value in claims.items() if other != name}


@pytest.mark.parametrize("change", CHANGES)
def test_a_token_that_says_something_else_is_refused_though_rightly_signed(
    town: Town, key: bytes, change: str
) -> None:
    header, claims = parts(town.account().token)
    assert not opens(town, signed(header, CHANGES[change](claims), key))


def test_the_device_of_somebody_else_is_refused_though_rightly_signed(town: Town, key: bytes) -> None:
    header, mine = parts(town.account().token)
    _, theirs = parts(town.account().token)
    assert not opens(town, signed(header, {**mine, "sid": theirs["sid"]}, key))


def test_a_token_signed_with_another_key_is_refused(town: Town) -> None:
    header, claims = parts(town.account().token)
    for key in (b"", b"secret", bytes(32), town.server.data.name.encode()):
        assert not opens(town, signed(header, claims, key))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_that_is_not_signed_is_refused(town: Town, algorithm: str) -> None:
    _, claims = parts(town.account().token)
    said = ".".join(
        _encoded(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT"}, claims)
    )
    signature = town.account().token.rsplit(".", 1)[1]
    for end in ("", signature):
        assert not opens(town, f"{said}.{end}")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm_is_refused_even_with_the_right_key(
    town: Town, key: bytes, algorithm: str
) -> None:
    header, claims = parts(town.account().token)
    digest = f"sha{algorithm[2:]}"
    assert not opens(town, signed({**header, "alg": algorithm}, claims, key, digest))


def test_a_token_signed_with_a_key_that_it_brings_along_is_refused(town: Town) -> None:
    """RS256 with the public key in the header, and HS256 with that public key as the secret."""
    _, claims = parts(town.account().token)
    pair = RSAKey.generate_key(2048)
    public = pair.as_dict(private=False)
    header: dict[str, Any] = {"alg": "RS256", "typ": "JWT", "jwk": public}
    assert not opens(town, jwt.encode(header, claims, pair, algorithms=["RS256"]))
    confused = {"alg": "HS256", "typ": "JWT", "jwk": public, "kid": "../../dev/null"}
    assert not opens(town, signed(confused, claims, pair.as_pem(private=False)))
    own = OctKey.generate_key(256)
    symmetric = {"alg": "HS256", "typ": "JWT", "jwk": own.as_dict(private=True)}
    assert not opens(town, signed(symmetric, claims, base64.urlsafe_b64decode(own.as_dict()["k"] + "==")))


def test_a_token_that_was_cut_or_changed_is_refused(town: Town) -> None:
    token = town.account().token
    header, claims, signature = token.split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    for changed in (
        token[:-1],
        f"{header}.{claims}",
        f"{header}.{claims}.{flipped}",
        f"{header}.{claims}.{signature}.{signature}",
        f"{claims}.{header}.{signature}",
        "." * 500,
    ):
        assert not opens(town, changed)


def test_the_token_of_another_server_is_refused(town: Town, serve: Serve) -> None:
    elsewhere = Town(serve())
    account = elsewhere.account()
    assert opens(elsewhere, account.token)
    assert not opens(town, account.token)
    elsewhere.close()


# --- expired and taken back ---


def test_an_expired_one_is_refused(town: Town) -> None:
    account = town.account()
    short = town.operator.ask("account.token", account=account.id, expires_in=2)
    assert opens(town, short["token"])
    while time.time_ns() // 1_000_000 <= short["expires_at"] + 1000:  # it is counted in whole seconds
        town.operator.ask("space.list")
    assert not opens(town, short["token"])


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(town: Town) -> None:
    made = town.dial().ask("account.sign_up", name="mixed-up", password=PASSWORD)
    assert not opens(town, made["refresh_token"])
    refused = town.dial().refusal("account.refresh", refresh_token=made["access_token"])
    assert refused["code"] == "unauthenticated"
    bearer = town.account().token
    assert town.dial().refusal("account.refresh", refresh_token=bearer)["code"] == "unauthenticated"


class Signed:
    """An account with a password, a client on one device, and two that stand on another one."""

    def __init__(self, town: Town, name: str) -> None:
        self.town = town
        here = town.dial().ask("account.sign_up", name=name, password=PASSWORD)
        there = town.dial().ask("account.sign_in", name=name, password=PASSWORD, device="there")
        self.account = Account(here["account"]["id"], name, there["access_token"])
        self.refresh = there["refresh_token"]
        self.here = town.dial().open(here["access_token"])
        self.there = [town.dial().open(there["access_token"]) for _ in range(2)]
        self.there[0].ask("invite.accept", code=town.code)
        self.room = town.room()
        self.there[0].ask("room.join", room=self.room)

    def device(self) -> str:
        devices = self.here.ask("device.list")["devices"]
        return next(device["id"] for device in devices if device["name"] == "there")


def sign_out(it: Signed) -> None:
    it.there[0].send("account.sign_out")
    post_late(it.there[0], it.room)
    assert it.there[0].wait_closed(AT_ONCE) == 4002


ENDS: dict[str, Callable[[Signed], object]] = {
    "signing out": sign_out,
    "another password": lambda it: it.here.ask("account.change_password", old=PASSWORD, new=OTHER),
    "the device is revoked": lambda it: it.here.ask("device.revoke", device=it.device()),
    "disabling": lambda it: it.town.operator.ask("account.disable", account=it.account.id),
    "a password is set": lambda it: it.town.operator.ask(
        "account.set_password", account=it.account.id, password=OTHER
    ),
    "an operator signs it out": lambda it: it.town.operator.ask("account.sign_out", account=it.account.id),
    "the account is deleted": lambda it: it.town.operator.ask("account.erase", account=it.account.id),
}


@pytest.mark.parametrize("how", ENDS)
def test_all_that_a_device_had_ends_with_it_at_once(town: Town, how: str) -> None:
    """Its open connections, its tokens, and what is sent on a connection that it has not yet seen to end."""
    it = Signed(town, f"ended-{list(ENDS).index(how)}")
    ENDS[how](it)
    ended_at = time.monotonic()
    for client in it.there:
        post_late(client, it.room)
    for client in it.there:
        assert client.wait_closed(AT_ONCE) == 4002
    assert time.monotonic() < ended_at + AT_ONCE
    assert not opens(town, it.account.token)
    refused = town.dial().refusal("account.refresh", refresh_token=it.refresh)
    assert refused["code"] == "unauthenticated"
    assert town.operator.ask("room.history", room=it.room)["messages"] == []


def post_late(client: Client, room: str) -> None:
    client.level()
    with suppress(ConnectionClosed):
        client.send("message.post", room=room, text="late")


def test_who_signs_out_gets_an_answer(town: Town) -> None:
    for _ in range(10):
        client = town.open(town.account())
        assert client.ask("account.sign_out") == {}
        assert client.wait_closed(AT_ONCE) == 4002
