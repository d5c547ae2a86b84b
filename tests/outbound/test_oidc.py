"""The provider as this server knows it: what is fetched when, how often, and what is never asked."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trio
from e2e.provider import CLIENT, SECRET, Provider, s256, signed
from joserfc.jwk import RSAKey

from chatd.outbound.http_client import BYTES, HttpClient, NoAnswer
from chatd.outbound.oidc import OpenIdProvider
from chatd.ports import Identity, ProviderFailed
from chatd.settings import Settings, SettingsError, loading

HERE = "http://127.0.0.1:8400/auth/oidc/callback"
VERIFIER = "v" * 64


DEEP = b'{"sub":' + b"[" * 10_000 + b"]" * 10_000 + b"}"


class World:
    """A provider, and how it is seen; time stands still until it is moved."""

    def __init__(self, provider: Provider, **more: Any) -> None:
        self.there = provider
        self.now = 0.0
        chosen = Settings(**{**provider.settings, **more})  # type: ignore[arg-type]
        self.seen = OpenIdProvider(chosen, clock=lambda: self.now)

    async def code(self, nonce: str = "n") -> str:
        there = await self.seen.address(HERE, "state", nonce, s256(VERIFIER))
        query = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        (code,) = parse_qs(urlsplit(self.there.authorize(query)).query)["code"]
        return code

    async def sign_in(self) -> Identity:
        return await self.seen.identity(HERE, await self.code(), VERIFIER, "n", None)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    with Provider() as provider:
        yield World(provider)


async def test_what_is_published_is_fetched_once_an_hour(world: World) -> None:
    assert world.there.asked.total() == 0
    for _ in range(3):
        assert (await world.sign_in()).subject == "ada"
    assert world.there.asked["/.well-known/openid-configuration"] == 1
    assert world.there.asked["/jwks"] == 1
    world.now = 3600.0
    await world.sign_in()
    assert world.there.asked["/.well-known/openid-configuration"] == 2
    assert world.there.asked["/jwks"] == 2


async def test_many_at_once_fetch_once(world: World) -> None:
    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(world.seen.address, HERE, "s", "n", "c")
    assert world.there.asked["/.well-known/openid-configuration"] == 1


async def test_a_new_key_is_looked_for_at_most_once_a_minute(world: World) -> None:
    await world.sign_in()
    world.there.key = RSAKey.generate_key(2048, {"kid": "second"})
    world.now = 59.0
    with pytest.raises(ProviderFailed, match="does not publish"):
        await world.sign_in()
    assert world.there.asked["/jwks"] == 1
    world.now = 60.0
    with pytest.raises(ProviderFailed, match="does not publish"):
        await world.sign_in()
    assert world.there.asked["/jwks"] == 2
    world.there.published.append(world.there.key)
    world.now = 120.0
    assert (await world.sign_in()).subject == "ada"
    assert world.there.asked["/jwks"] == 3


async def test_after_a_failure_it_pauses(world: World) -> None:
    world.there.answers = {"/.well-known/openid-configuration": (500, b"")}
    for _ in range(3):
        with pytest.raises(ProviderFailed):
            await world.code()
    assert world.there.asked["/.well-known/openid-configuration"] == 1
    world.there.answers = {}
    world.now = 5.0
    await world.code()


async def test_the_secret_goes_where_the_provider_wants_it(world: World) -> None:
    world.there.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    asked: list[tuple[dict[str, str], str]] = []
    right = world.there.redeem

    def redeem(form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked.append((form, authorization))
        pair = base64.b64encode(b"chatd+at+home:s3cret%3A+%2B%26%25").decode()
        return right(form, f"Basic {pair}")

    world.there.redeem = redeem  # type: ignore[method-assign]
    await world.sign_in()
    ((form, authorization),) = asked
    assert (form["client_id"], form["client_secret"], authorization) == (CLIENT, SECRET, "")
    assert form["code_verifier"] == VERIFIER


async def test_the_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with Provider() as provider:
        there = World(provider, oidc_client_secret="wrong", oidc_client_secret_file=file)
        await there.sign_in()


async def test_a_provider_that_promises_to_name_itself_must(world: World) -> None:
    world.there.metadata = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(ProviderFailed, match="iss"):
        await world.sign_in()
    code = await world.code()
    await world.seen.identity(HERE, code, VERIFIER, "n", world.there.issuer)
    with pytest.raises(ProviderFailed, match="another issuer"):
        await world.seen.identity(HERE, code, VERIFIER, "n", "https://elsewhere.example")


async def test_a_code_needs_its_verifier(world: World) -> None:
    with pytest.raises(ProviderFailed, match="invalid_grant"):
        await world.seen.identity(HERE, await world.code(), "another", "n", None)


async def test_a_userinfo_that_fails_keeps_nobody_out(world: World) -> None:
    for answer in ((500, b""), (200, b"<html>"), (200, b"[]"), (200, DEEP), (200, b"x" * (BYTES + 1))):
        world.there.answers = {"/userinfo": answer}
        assert await world.sign_in() == Identity(world.there.issuer, "ada")


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
@pytest.mark.parametrize("body", [b"<html>", b"[]", DEEP], ids=["html", "list", "deep"])
async def test_a_document_that_is_none_is_the_providers_failure(world: World, path: str, body: bytes) -> None:
    world.there.answers = {path: (200, body)}
    with pytest.raises(ProviderFailed):
        await world.sign_in()


async def test_no_reason_holds_a_secret(world: World) -> None:
    for forged in (lambda c: signed({**c, "aud": "x"}, world.there.key), lambda c: "nonsense"):
        world.there.forge = forged
        with pytest.raises(ProviderFailed) as failed:
            await world.sign_in()
        for secret in (SECRET, VERIFIER, *world.there.given):
            assert secret == "n" or secret not in str(failed.value)


# --- HTTP that this server asks of others -----------------------------------------------------------------


async def test_an_answer_is_bounded_and_leads_nowhere(world: World) -> None:
    outgoing = HttpClient()
    url = f"{world.there.issuer}/jwks"
    world.there.answers = {"/jwks": (200, b"x" * BYTES)}
    assert await outgoing.ask(url, direct=True) == (200, b"x" * BYTES)
    world.there.answers = {"/jwks": (200, b"x" * (BYTES + 1))}
    with pytest.raises(NoAnswer, match="more than"):
        await outgoing.ask(url, direct=True)
    world.there.answers = {"/jwks": (302, b"")}
    assert (await outgoing.ask(url, direct=True))[0] == 302


async def test_who_does_not_answer_is_not_waited_for(autojump_clock: trio.testing.MockClock) -> None:
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    (listener,) = listeners
    port = listener.socket.getsockname()[1]
    with pytest.raises(NoAnswer, match="within 10 s"):
        await HttpClient().ask(f"http://127.0.0.1:{port}/", direct=True)
    await listener.aclose()
    with pytest.raises(NoAnswer, match="ConnectError"):
        await HttpClient().ask(f"http://127.0.0.1:{port}/", direct=True)


# --- settings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'oidc_issuer = "http://id.example.org"\noidc_client_id = "chatd"',
        'oidc_issuer = "id.example.org"\noidc_client_id = "chatd"',
        'oidc_issuer = "https://id.example.org"',
        'oidc_issuer = "https://id.example.org/?x"\noidc_client_id = "chatd"',
        'oidc_client_secret_file = "/no/such/file"',
        'public_url = "http://chat.example.org"',
        'public_url = "chat.example.org"',
    ],
)
def test_a_setting_without_sense_is_named(tmp_path: Path, line: str) -> None:
    config = tmp_path / "chatd.toml"
    config.write_text(f"[chatd]\n{line}\n")
    with pytest.raises(SettingsError, match=line.split()[0]):
        loading.load(config, {})


@pytest.mark.parametrize(
    "issuer",
    ["https://id.example.org/realms/main", "http://127.0.0.1:9400", "http://[::1]:1", "http://localhost"],
)
def test_an_issuer_is_safe_or_on_this_machine(issuer: str) -> None:
    assert Settings(oidc_issuer=issuer, oidc_client_id="chatd").oidc_issuer == issuer


def test_the_secret_is_not_shown_with_the_settings() -> None:
    assert SECRET not in repr(Settings(oidc_client_secret=SECRET))
