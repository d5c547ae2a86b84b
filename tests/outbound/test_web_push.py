"""The way to a push service: TLS to the address that was looked at, and what its answers mean."""

from __future__ import annotations

import datetime
import os
import ssl
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from e2e.push_place import Browser, PushPlace, from_base64url

from chatd.outbound import web_push
from chatd.outbound.guard import Guard
from chatd.outbound.web_push import WebPush, retry_after
from chatd.ports import Push
from chatd.settings import Settings

SECRET = bytes(range(48))
NAME = "push.example.test"


@pytest.fixture
def place() -> Iterator[PushPlace]:
    with PushPlace() as place:
        yield place


def push_to(browser: Browser) -> Push:
    p256dh, auth = (from_base64url(browser.keys[name]) for name in ("p256dh", "auth"))
    return Push(browser.endpoint, p256dh, auth, b'{"text": "hi"}', 60, "high", "a" * 32)


def web_push_to(place: PushPlace, **settings: Any) -> WebPush:
    return WebPush(SECRET, Settings(private_hosts=(place.host,), **settings))


async def test_what_is_sent_says_who_sends_it_and_is_read_by_the_browser_alone(place: PushPlace) -> None:
    browser = place.browser()
    sender = web_push_to(place, public_url="https://chat.example.org")
    assert (await sender.send(push_to(browser))).outcome == "sent"
    assert place.wait(browser) == [{"text": "hi"}]
    [sent] = place.sent
    assert sent.claims["sub"] == "https://chat.example.org"
    assert sent.headers["authorization"].endswith(f"k={sender.key}")
    assert (sent.headers["ttl"], sent.headers["urgency"], sent.headers["topic"]) == ("60", "high", "a" * 32)
    assert WebPush(SECRET, Settings()).key == sender.key  # the key is made of the secret alone
    assert WebPush(SECRET[::-1], Settings()).key != sender.key


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait"),
    [
        (200, {}, "sent", 0),
        (201, {}, "sent", 0),
        (202, {}, "sent", 0),
        (404, {}, "gone", 0),
        (410, {}, "gone", 0),
        (400, {}, "refused", 0),
        (403, {}, "refused", 0),
        (413, {}, "refused", 0),
        (302, {"Location": "http://127.0.0.1:1/"}, "refused", 0),
        (307, {"Location": "/elsewhere"}, "refused", 0),
        (429, {"Retry-After": "7"}, "failed", 7),
        (429, {"Retry-After": "99999999999999999999"}, "failed", 3600),
        (500, {"Retry-After": "soon"}, "failed", 0),
        (503, {}, "failed", 0),
    ],
)
async def test_what_an_answer_means(
    place: PushPlace, status: int, headers: dict[str, str], outcome: str, wait: float
) -> None:
    place.answer = lambda path: (status, headers)
    pushed = await web_push_to(place).send(push_to(place.browser()))
    assert (pushed.outcome, pushed.retry_after) == (outcome, wait)
    assert len(place.sent) == 1  # nothing is followed
    if outcome != "sent":
        assert pushed.reason == f"127.0.0.1 answered {status}"


def test_the_date_of_retry_after_is_seconds_from_now() -> None:
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=100)
    assert 95 < retry_after(format_datetime(soon, usegmt=True)) <= 100
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert retry_after(None) == retry_after("-1") == retry_after("٣") == 0


async def test_a_service_that_does_not_answer_costs_no_more_than_its_time(
    place: PushPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_push, "SECONDS", 0.2)

    def never(path: str) -> tuple[int, dict[str, str]]:
        import time

        time.sleep(1)
        return 201, {}

    place.answer = never
    pushed = await web_push_to(place).send(push_to(place.browser()))
    assert pushed.outcome == "failed"


async def test_nobody_there_is_a_failure_that_passes(place: PushPlace) -> None:
    sender = WebPush(SECRET, Settings(private_hosts=("127.0.0.1:1",)))
    pushed = await sender.send(push_to(Browser("http://127.0.0.1:1/x")))
    assert (pushed.outcome, pushed.reason) == ("failed", "127.0.0.1 cannot be asked: ConnectError")


async def test_proxies_of_the_environment_are_not_used(
    place: PushPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await web_push_to(place).send(push_to(place.browser()))).outcome == "sent"


async def test_a_place_that_is_not_public_is_not_asked(place: PushPlace) -> None:
    sender = WebPush(SECRET, Settings())
    browser = Browser(f"https://{place.host}/x")
    pushed = await sender.send(push_to(browser))
    assert (pushed.outcome, pushed.reason) == ("refused", "127.0.0.1 is no public host")
    assert sender.wrong(place.browser().endpoint, from_base64url(browser.keys["p256dh"])) is not None
    assert not place.sent


# --- TLS ---------------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> Path:
    """A file with a key and a certificate for this name, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return file


class TlsPlace:
    """A push service behind a name that only the test's resolver knows."""

    def __init__(self, place: PushPlace, folder: Path) -> None:
        self.place = place
        self.asked_for: list[str | None] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.file = certificate(folder, NAME)
        context.load_cert_chain(self.file)
        context.sni_callback = lambda _, name, __: self.asked_for.append(name)
        place.speak_tls(context)

    async def resolve(self, host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    def guard(self, name: str) -> Guard:
        return Guard([f"{name}:{self.port}"], self.resolve)

    @property
    def port(self) -> str:
        return self.place.host.partition(":")[2]


@pytest.fixture
def tls(place: PushPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TlsPlace:
    there = TlsPlace(place, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(there.file))
    return there


async def test_the_name_stays_in_tls_and_in_host_though_the_address_is_pinned(tls: TlsPlace) -> None:
    browser = Browser(f"https://{NAME}:{tls.port}/x")
    pushed = await WebPush(SECRET, Settings(), tls.guard(NAME)).send(push_to(browser))
    assert pushed.outcome == "sent", pushed
    assert tls.asked_for == [NAME]
    [sent] = tls.place.sent
    assert sent.headers["host"] == f"{NAME}:{tls.port}"
    assert sent.claims["aud"] == f"https://{NAME}:{tls.port}"


async def test_a_certificate_of_another_name_ends_it(tls: TlsPlace) -> None:
    other = "other.example.test"
    browser = Browser(f"https://{other}:{tls.port}/x")
    pushed = await WebPush(SECRET, Settings(), tls.guard(other)).send(push_to(browser))
    assert (pushed.outcome, pushed.reason) == ("failed", f"{other} cannot be asked: ConnectError")
    assert not tls.place.sent
