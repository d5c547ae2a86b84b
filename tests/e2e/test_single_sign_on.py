"""Single sign-on: whom the provider's word lets in, as which account, and whom nothing lets in."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey

from .provider import CLIENT, SECRET, Browser, Claims, Page, Provider, s256, signed
from .serving import Server
from .talking import Client, Frame
from .town import Town

PASSWORD = "a lantern over seven still ponds"
Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def module_provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def started_with(module_provider: Provider) -> dict[str, Any]:
    return {"oidc_sign_up": True, "oidc_name": "Hopper ID", **module_provider.settings}


@pytest.fixture
def provider(module_provider: Provider) -> Iterator[Provider]:
    """The module's provider, with somebody new at its door."""
    module_provider.subject = secrets.token_hex(8)
    yield module_provider
    module_provider.claims, module_provider.userinfo, module_provider.came_back = {}, {}, {}
    module_provider.forge, module_provider.answers = None, {}


@pytest.fixture
def browser(server: Server) -> Browser:
    return Browser(server)


def exchanged(town: Town, browser: Browser, **more: str) -> Frame:
    result: Frame = town.dial().ask("account.exchange", code=browser.code(), **more)
    return result


def opened(town: Town, signed_in: Frame) -> Client:
    return town.dial().open(signed_in["access_token"])


# --- with a provider that others wrote --------------------------------------------------------------------


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[str]:
    """The issuer of an oidc-provider-mock, in a process of its own."""
    ada = json.dumps({"sub": "ada-1815", "preferred_username": "ada", "name": "Ada Lovelace"})
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", "0", "--require-nonce", "--user-claims", ada],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "running on http://" in line:
            yield line.partition("running on ")[2].split()[0]
            break
    process.terminate()
    process.communicate(timeout=60)


def test_a_provider_signs_people_in(mock: str, serve: Serve) -> None:
    server = serve(oidc_issuer=mock, oidc_client_id="chatd", oidc_client_secret="any", oidc_sign_up=True)
    town = Town(server)
    for _ in range(2):
        browser = Browser(server)
        form = browser.get(browser.leave(), "POST", {"sub": "ada-1815"})
        page = browser.get(form.location)
        assert page.status == 303, page.body
        signed_in = town.dial().ask("account.exchange", code=page.code, device="a phone")
        account = opened(town, signed_in).opened["account"]
        assert (account["name"], account["display_name"]) == ("ada", "Ada Lovelace")
    assert [one["name"] for one in town.operator.ask("account.list")["accounts"]].count("ada") == 1
    town.close()


def test_a_provider_that_says_no_is_reported(mock: str, serve: Serve) -> None:
    browser = Browser(serve(oidc_issuer=mock, oidc_client_id="chatd"))
    there = browser.leave()
    denied = browser.get(there, "POST", {"action": "deny"}).location
    state = parse_qs(urlsplit(there).query)["state"][0]
    page = browser.get(f"{denied}&{urlencode({'state': state})}" if "state=" not in denied else denied)
    assert page.status == 403
    assert "access_denied" in page.body


# --- signing in -------------------------------------------------------------------------------------------


def test_the_answer_is_that_of_signing_in(town: Town, provider: Provider, browser: Browser) -> None:
    signed_in = exchanged(town, browser, device="a phone")
    account = town.account()
    town.operator.ask("account.set_password", account=account.id, password=PASSWORD)
    by_password = town.dial().ask("account.sign_in", name=account.name, password=PASSWORD)
    assert signed_in.keys() == by_password.keys()
    assert signed_in["account"].keys() == by_password["account"].keys()
    again = town.dial().ask("account.refresh", refresh_token=signed_in["refresh_token"])
    assert again["account"] == signed_in["account"]


def test_the_same_subject_is_the_same_account_whatever_it_is_called(
    town: Town, provider: Provider, browser: Browser
) -> None:
    provider.claims = {"preferred_username": f"x{provider.subject}"}
    first = exchanged(town, browser)["account"]
    provider.claims = {"preferred_username": f"y{provider.subject}"}
    assert exchanged(town, browser)["account"]["id"] == first["id"]


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ({"preferred_username": "Grace"}, "Grace"),
        ({"preferred_username": "edsger@example.org"}, "edsger"),
        ({"preferred_username": "  Barbara  J. <Liskov> "}, "Barbara.J.Liskov"),
        ({"preferred_username": "🙂", "name": "Kurt Gödel"}, "Kurt.Gödel"),
        ({"preferred_username": "सीता देवी"}, "सीता.देवी"),
        (
            {"preferred_username": "\u0905\u093eशा", "name": "Asha"},
            "Asha",
        ),  # not to be told from another spelling
        ({"nickname": "alonzo" * 10}, ("alonzo" * 10)[:32]),
        ({"preferred_username": "Everyone"}, "Everyone2"),  # no account is called what means something
    ],
)
def test_an_account_is_called_what_its_owner_is_called_there(
    town: Town, provider: Provider, browser: Browser, called: Claims, name: str
) -> None:
    provider.claims = called
    assert exchanged(town, browser)["account"]["name"] == name


def test_what_the_token_does_not_say_the_userinfo_does(
    town: Town, provider: Provider, browser: Browser
) -> None:
    provider.userinfo = {"preferred_username": "tony", "name": "Tony Hoare"}
    account = exchanged(town, browser)["account"]
    assert (account["name"], account["display_name"]) == ("tony", "Tony Hoare")


def test_userinfo_about_somebody_else_is_not_heeded(town: Town, provider: Provider, browser: Browser) -> None:
    provider.userinfo = {"preferred_username": "mallory", "sub": "mallory"}
    assert exchanged(town, browser)["account"]["name"].startswith("member")


def test_a_name_that_is_taken_takes_nobody_over(town: Town, provider: Provider, browser: Browser) -> None:
    local = town.account("donald")
    provider.claims = {"preferred_username": local.name.upper(), "email": f"{local.name}@example.org"}
    account = exchanged(town, browser)["account"]
    assert account["id"] != local.id
    assert account["name"] == f"{local.name.upper()}2"


@pytest.mark.parametrize("shown", ["{}", "syst\u200bem", "\u202e\u200b\n"])
def test_a_name_that_may_not_be_shown_keeps_nobody_out(
    town: Town, provider: Provider, browser: Browser, shown: str
) -> None:
    local = town.account("grace")
    provider.claims = {"preferred_username": f"new-{local.name}", "name": shown.format(local.name)}
    account = exchanged(town, browser)["account"]
    assert (account["name"], account["display_name"]) == (f"new-{local.name}", f"new-{local.name}")


def test_a_first_sign_in_makes_no_account_unless_the_server_says_so(provider: Provider, serve: Serve) -> None:
    town = Town(serve(**provider.settings))
    before = town.operator.ask("account.list")
    refusal = town.dial().refusal("account.exchange", code=Browser(town.server).code())
    assert refusal["code"] == "forbidden"
    assert town.operator.ask("account.list") == before
    town.close()


def test_two_first_sign_ins_at_once_make_one_account(town: Town, provider: Provider, server: Server) -> None:
    codes = [Browser(server).code() for _ in range(4)]
    clients = [town.dial() for _ in codes]
    sent = [client.send("account.exchange", code=code) for client, code in zip(clients, codes, strict=True)]
    answers = [client.result(id_) for client, id_ in zip(clients, sent, strict=True)]
    assert len({answer["account"]["id"] for answer in answers}) == 1


def test_a_disabled_account_stays_out(town: Town, provider: Provider, browser: Browser) -> None:
    account = exchanged(town, browser)["account"]["id"]
    waiting = browser.code()
    town.operator.ask("account.disable", account=account)
    assert town.dial().refusal("account.exchange", code=waiting)["code"] == "forbidden"
    assert town.dial().refusal("account.exchange", code=browser.code())["code"] == "forbidden"
    town.operator.ask("account.enable", account=account)
    assert exchanged(town, browser)["account"]["id"] == account


# --- codes ------------------------------------------------------------------------------------------------


def test_a_code_is_good_once(town: Town, provider: Provider, browser: Browser) -> None:
    code = browser.code()
    town.dial().ask("account.exchange", code=code)
    again = town.dial().refusal("account.exchange", code=code)
    assert again == town.dial().refusal("account.exchange", code="no such code")


def test_a_code_stands_behind_the_hash_of_the_page(provider: Provider, browser: Browser) -> None:
    page = browser.sso()
    assert page.location.startswith(f"{browser.home}/#sso=")
    assert page.headers["cache-control"] == "no-store"
    assert len(page.code) >= 32


def test_a_client_that_sent_a_challenge_gets_only_its_own_codes(
    town: Town, provider: Provider, browser: Browser
) -> None:
    mine, others = secrets.token_hex(32), secrets.token_hex(32)
    for challenge, verifier in ((None, mine), (s256(others), mine), (s256(mine), None)):
        code = browser.code(**({"challenge": challenge} if challenge else {}))
        given = {"verifier": verifier} if verifier else {}
        assert town.dial().refusal("account.exchange", code=code, **given)["code"] == "invalid"
    town.dial().ask("account.exchange", code=browser.code(challenge=s256(mine)), verifier=mine)


def test_a_challenge_that_is_none_is_refused(browser: Browser) -> None:
    assert browser.get(f"{browser.home}/auth/oidc/start?challenge=short").status == 400


# --- the way there and back -------------------------------------------------------------------------------


def test_the_way_belongs_to_one_browser(provider: Provider, browser: Browser, server: Server) -> None:
    stranger, asked = Browser(server), provider.asked["/token"]
    back = browser.get(browser.leave()).location
    assert stranger.get(back).status == 400
    other = stranger.get(stranger.leave()).location
    assert browser.get(other).status == 400
    assert provider.asked["/token"] == asked, "it asked for a token that nobody may have"


def test_a_way_is_gone_once(provider: Provider, browser: Browser) -> None:
    back = browser.get(browser.leave()).location
    cookies = browser.cookies.output([], header="")
    assert browser.get(back).status == 303
    browser.cookies.load(cookies)
    assert browser.get(back).status == 400


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=x", "?state=%00&code=x", "?error=x"])
def test_who_did_not_leave_cannot_come_back(browser: Browser, query: str) -> None:
    page = browser.get(f"{browser.home}/auth/oidc/callback{query}")
    assert page.status == 400
    assert "start again" in page.body


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(browser: Browser) -> None:
    set_cookie = browser.get(f"{browser.home}/auth/oidc/start").headers["set-cookie"].lower()
    assert "httponly" in set_cookie
    assert "samesite=lax" in set_cookie
    assert "max-age=600" in set_cookie
    assert "secure" not in set_cookie, "the test's browser speaks plain HTTP"


def test_with_tls_the_cookie_is_for_this_host_alone(provider: Provider, serve: Serve) -> None:
    browser = Browser(serve(public_url="https://chat.example.org/", **provider.settings))
    page = browser.get(f"{browser.home}/auth/oidc/start")
    cookie = page.headers["set-cookie"].lower()
    assert cookie.startswith("__host-chatd_sso=")
    assert "secure" in cookie
    assert "path=/;" in cookie
    (redirect,) = parse_qs(urlsplit(page.location).query)["redirect_uri"]
    assert redirect == "https://chat.example.org/auth/oidc/callback"
    back = browser.get(provider_back(provider, browser, page.location))
    assert back.location.startswith("https://chat.example.org/#sso=")


def provider_back(provider: Provider, browser: Browser, there: str) -> str:
    """The way back, on loopback instead of the public address."""
    return browser.get(there).location.replace("https://chat.example.org", browser.home)


def test_the_provider_may_say_who_it_is_but_nobody_else(provider: Provider, browser: Browser) -> None:
    provider.came_back = {"iss": provider.issuer}
    assert browser.sso().status == 303
    provider.came_back = {"iss": "https://elsewhere.example"}
    assert browser.sso().status == 503


def test_what_a_provider_writes_into_an_address_is_not_repeated(provider: Provider, browser: Browser) -> None:
    provider.came_back = {"error": "<script>alert(1)</script>", "error_description": "pay here"}
    page = browser.sso()
    assert page.status == 403
    assert "script>" not in page.body
    assert "pay here" not in page.body


# --- forged tokens ----------------------------------------------------------------------------------------


def forgeries() -> dict[str, Callable[[Provider, Claims], str]]:
    now = int(time.time())

    def saying(**claims: Any) -> Callable[[Provider, Claims], str]:
        return lambda provider, right: signed({**right, **claims}, provider.key)

    def without(name: str) -> Callable[[Provider, Claims], str]:
        return lambda provider, right: signed({k: v for k, v in right.items() if k != name}, provider.key)

    def by_another(name: str) -> Callable[[Provider, Claims], str]:
        return lambda _, right: signed(right, RSAKey.generate_key(2048, {"kid": name}))

    def unsigned(provider: Provider, right: Claims) -> str:
        _, payload, _ = signed(right, provider.key).split(".")
        return f"eyJhbGciOiJub25lIn0.{payload}."

    def symmetric(provider: Provider, right: Claims) -> str:
        public = provider.key.as_pem(private=False)
        return signed(right, OctKey.import_key(public.strip(b"-")), "HS256", kid="first")

    return {
        "another audience": saying(aud="somebody else"),
        "asked for by another party": saying(azp="somebody else"),
        "many audiences without a party": saying(aud=[CLIENT, "somebody else"]),
        "expired": saying(exp=now - 3600),
        "issued in the future": saying(iat=now + 3600),
        "issued long ago": saying(iat=now - 3600),
        "another issuer": saying(iss="https://elsewhere.example"),
        "another nonce": saying(nonce="somebody else's"),
        "a list of nonces": lambda provider, right: signed(
            {**right, "nonce": [right["nonce"]]}, provider.key
        ),
        "no nonce": without("nonce"),
        "no subject": without("sub"),
        "no expiry": without("exp"),
        "a subject that is no text": saying(sub=7),
        "the none algorithm": unsigned,
        "a symmetric algorithm with the public key": symmetric,
        "another key of the same name": by_another("first"),
        "a key that is not published": by_another("nobody's"),
        "nonsense": lambda *_: "nonsense",
    }


@pytest.mark.parametrize("how", forgeries())
def test_a_forged_token_lets_nobody_in(
    town: Town, provider: Provider, browser: Browser, server: Server, how: str
) -> None:
    before = town.operator.ask("account.list", limit=500)
    provider.forge = lambda right: forgeries()[how](provider, right)
    page = browser.sso()
    assert page.status == 503
    assert "location" not in page.headers
    assert town.operator.ask("account.list", limit=500) == before
    provider.forge = None
    assert browser.sso().status == 303


# --- providers that fail ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (400, b'{"error": "invalid_grant"}')),
        ("/token", (302, b"")),
        ("/token", (200, b"<html>")),
        ("/token", (200, b"{}")),
        ("/token", (200, b'{"id_token": 7}')),
        ("/token", (200, b" " * 300_000)),
    ],
)
def test_a_token_endpoint_that_fails_is_reported(
    provider: Provider, browser: Browser, path: str, answer: tuple[int, bytes]
) -> None:
    provider.answers = {path: answer}
    page = browser.sso()
    assert page.status == 503
    assert "invalid_grant" not in page.body


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"token_endpoint": 7},
    ],
)
def test_a_discovery_document_that_cannot_be_right_is_not_used(serve: Serve, metadata: Claims) -> None:
    with Provider() as provider:
        provider.metadata = metadata
        browser = Browser(serve(**provider.settings))
        assert browser.get(f"{browser.home}/auth/oidc/start").status == 503


def test_a_provider_that_is_not_there_costs_nobody_else_anything(serve: Serve) -> None:
    with Provider() as provider:
        settings = provider.settings
    town = Town(serve(**settings))
    browser = Browser(town.server)
    page = browser.get(f"{browser.home}/auth/oidc/start")
    assert page.status == 503
    assert provider.issuer not in page.body
    assert "sso_failed" in town.server.output()
    town.open(town.account()).ask("space.list")
    town.close()


# --- linking ----------------------------------------------------------------------------------------------


def test_an_identity_that_was_linked_signs_in(town: Town, provider: Provider, browser: Browser) -> None:
    account = town.account()
    client = town.open(account)
    url = client.ask("identity.begin")["url"]
    page = browser.sso(url)
    assert page.location.startswith(f"{browser.home}/#identity=")
    linked = client.ask("identity.add", code=page.code)["identity"]
    assert (linked["issuer"], linked["subject"]) == (provider.issuer, provider.subject)
    assert client.ask("identity.list") == {"identities": [linked]}
    assert exchanged(town, browser)["account"]["id"] == account.id
    again = browser.code(client.ask("identity.begin")["url"])
    assert client.ask("identity.add", code=again)["identity"] == linked


def test_linking_and_removing_take_the_password_and_are_told(
    town: Town, provider: Provider, browser: Browser
) -> None:
    account = town.account()
    town.operator.ask("account.set_password", account=account.id, password=PASSWORD)
    client = opened(town, town.dial().ask("account.sign_in", name=account.name, password=PASSWORD))
    assert client.refusal("identity.begin")["code"] == "invalid"
    assert client.refusal("identity.begin", password="not this one")["code"] == "unauthenticated"
    code = browser.code(client.ask("identity.begin", password=PASSWORD)["url"])
    linked = client.ask("identity.add", code=code)["identity"]
    assert secured(client) == ["identity_added"]
    again = browser.code(client.ask("identity.begin", password=PASSWORD)["url"])
    assert client.ask("identity.add", code=again)["identity"] == linked
    assert secured(client) == ["identity_added"], "nothing has changed"

    named = {"issuer": linked["issuer"], "subject": linked["subject"]}
    assert client.refusal("identity.remove", **named)["code"] == "invalid"
    refused = client.refusal("identity.remove", **named, password="not this one")
    assert refused["code"] == "unauthenticated"
    assert client.ask("identity.list") == {"identities": [linked]}
    assert client.ask("identity.remove", **named, password=PASSWORD) == {}
    assert secured(client) == ["identity_added", "identity_removed"]
    assert client.ask("identity.list") == {"identities": []}


def secured(client: Client) -> list[str]:
    """What the account was told of how it is signed in to."""
    client.catch_up()
    return [event["data"]["change"] for event in client.events if event["event"] == "account.secured"]


def test_an_address_for_linking_is_good_once(town: Town, provider: Provider, browser: Browser) -> None:
    url = town.open(town.account()).ask("identity.begin")["url"]
    browser.leave(url)
    assert browser.get(url).status == 400


def test_an_identity_is_linked_only_by_the_account_that_asked(
    town: Town, provider: Provider, browser: Browser
) -> None:
    asking, other = town.open(town.account()), town.open(town.account())
    code = browser.code(asking.ask("identity.begin")["url"])
    assert other.refusal("identity.add", code=code)["code"] == "invalid"
    assert other.ask("identity.list") == {"identities": []}
    sign_in = browser.code()
    assert asking.refusal("identity.add", code=sign_in)["code"] == "invalid"
    link = browser.code(asking.ask("identity.begin")["url"])
    assert town.dial().refusal("account.exchange", code=link)["code"] == "invalid"


def test_an_identity_belongs_to_one_account(town: Town, provider: Provider, browser: Browser) -> None:
    first = opened(town, exchanged(town, browser))
    second = town.open(town.account())
    code = browser.code(second.ask("identity.begin")["url"])
    assert second.refusal("identity.add", code=code)["code"] == "conflict"
    assert len(first.ask("identity.list")["identities"]) == 1


def test_an_identity_that_was_removed_signs_in_no_more(
    town: Town, provider: Provider, browser: Browser
) -> None:
    account = town.account()
    town.operator.ask("account.set_password", account=account.id, password=PASSWORD)
    client = opened(town, town.dial().ask("account.sign_in", name=account.name, password=PASSWORD))
    code = browser.code(client.ask("identity.begin", password=PASSWORD)["url"])
    linked = client.ask("identity.add", code=code)["identity"]
    named = {"issuer": linked["issuer"], "subject": linked["subject"], "password": PASSWORD}
    assert client.ask("identity.remove", **named) == {}
    assert client.refusal("identity.remove", **named)["code"] == "not_found"
    assert exchanged(town, browser)["account"]["id"] != account.id


def test_the_only_way_into_an_account_is_not_removed(
    town: Town, provider: Provider, browser: Browser
) -> None:
    client = opened(town, exchanged(town, browser))
    (linked,) = client.ask("identity.list")["identities"]
    named = {"issuer": linked["issuer"], "subject": linked["subject"]}
    assert client.refusal("identity.remove", **named)["code"] == "conflict"


def test_an_account_has_a_bounded_number_of_identities(
    town: Town, provider: Provider, browser: Browser
) -> None:
    client = town.open(town.account())
    for number in range(8):
        provider.subject = f"{client.opened['account']['id']}-{number}"
        client.ask("identity.add", code=browser.code(client.ask("identity.begin")["url"]))
    provider.subject = "one more"
    code = browser.code(client.ask("identity.begin")["url"])
    assert client.refusal("identity.add", code=code)["code"] == "conflict"


def test_who_has_no_password_deletes_their_account_without_one_and_may_begin_anew(
    town: Town, provider: Provider, browser: Browser
) -> None:
    first = exchanged(town, browser)
    client = opened(town, first)
    assert client.ask("account.delete") == {}
    assert client.wait_closed() == 4002
    assert exchanged(town, browser)["account"]["id"] != first["account"]["id"]


def test_an_operator_has_no_identities(town: Town) -> None:
    for name in ("identity.begin", "identity.list"):
        assert town.operator.refusal(name)["code"] == "forbidden"


# --- what is told, and what is not ------------------------------------------------------------------------


def test_a_client_learns_where_to_begin(town: Town, browser: Browser) -> None:
    assert town.dial().ask("identity.provider") == {
        "provider": {"name": "Hopper ID", "url": f"{browser.home}/auth/oidc/start"}
    }


def test_a_server_without_it_says_so(serve: Serve) -> None:
    town = Town(serve())
    browser = Browser(town.server)
    assert town.dial().ask("identity.provider") == {"provider": None}
    assert browser.get(f"{browser.home}/auth/oidc/start").status == 404
    assert town.open(town.account()).refusal("identity.begin")["code"] == "not_found"
    town.close()


def test_no_secret_is_in_the_log_or_in_the_database(town: Town, provider: Provider, server: Server) -> None:
    provider.given.clear()
    pages: list[Page] = [Browser(server).sso() for _ in range(2)]
    codes = [page.code for page in pages]
    town.dial().ask("account.exchange", code=codes[0])
    provider.forge = lambda right: signed({**right, "aud": "another"}, provider.key)
    Browser(server).sso()
    assert len(provider.given) >= 12
    files = [server.log, *server.data.glob("*.db*")]
    held = b"".join(file.read_bytes() for file in files)
    for secret in (SECRET, *codes, *provider.given):
        assert secret.encode() not in held


def test_what_speaks_to_providers_is_not_loaded_before_it_is_needed() -> None:
    look = "import sys, chatd.cli; print(sorted({'httpx2', 'chatd.outbound.oidc'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
