"""Passkeys: one signs in with what a device keeps, and nothing that was seen on the way is good again."""

from __future__ import annotations

import itertools
from typing import Any

import pyotp
import pytest

from .authenticator import Authenticator
from .serving import Server
from .talking import Client, Frame
from .town import Town

PASSWORD = "a lantern over seven still ponds"
_names = itertools.count(1)


def page(town: Town) -> str:
    """Where the browser is that shows the client."""
    return f"http://localhost:{town.server.port}"


class Person:
    """An account with a password, a session, and one passkey."""

    def __init__(self, town: Town, **bent: Any) -> None:
        self.town = town
        self.name = f"pia{next(_names)}"
        tokens = town.dial().ask("account.sign_up", name=self.name, password=PASSWORD)
        self.account: str = tokens["account"]["id"]
        self.client: Client = town.dial().open(tokens["access_token"])
        self.device = Authenticator(**{"origin": page(town), **bent})

    def begin(self) -> Frame:
        begun: Frame = self.client.ask("passkey.begin", password=PASSWORD, host="localhost")
        return begun

    def add(self, name: str = "the key ring") -> Frame:
        made = self.client.ask("passkey.add", name=name, **self.device.make(self.begin()))
        passkey: Frame = made["passkey"]
        return passkey


def challenge(town: Town) -> Frame:
    begun: Frame = town.dial().ask("account.passkey_begin", host="localhost")
    return begun


def refused(town: Town, **proof: Any) -> str:
    return str(town.dial().refusal("account.passkey_sign_in", **proof)["message"])


@pytest.fixture
def pia(town: Town) -> Person:
    return Person(town)


def test_one_signs_in_with_a_passkey_and_no_name(town: Town, pia: Person) -> None:
    added = pia.add()
    assert added == {**added, "name": "the key ring", "rp": "localhost", "used_at": None}
    proof = pia.device.sign(challenge(town))
    tokens = town.dial().ask("account.passkey_sign_in", device="phone", **proof)
    assert tokens["account"]["id"] == pia.account
    town.dial().open(tokens["access_token"])
    [listed] = pia.client.ask("passkey.list")["passkeys"]
    assert listed["used_at"] is not None


def test_a_passkey_is_told_to_the_account_and_takes_its_password(town: Town, pia: Person) -> None:
    assert pia.client.refusal("passkey.begin", host="localhost")["code"] == "invalid"
    assert (
        pia.client.refusal("passkey.begin", password="wrong", host="localhost")["code"] == "unauthenticated"
    )
    passkey = pia.add()
    pia.client.wait_event("account.secured", change="passkey_added")
    assert pia.client.refusal("passkey.remove", passkey=passkey["id"])["code"] == "invalid"
    assert pia.client.ask("passkey.remove", passkey=passkey["id"], password=PASSWORD) == {}
    pia.client.wait_event("account.secured", change="passkey_removed")
    assert "not known" in refused(town, **pia.device.sign(challenge(town)))


def test_an_answer_is_good_once(town: Town, pia: Person) -> None:
    pia.add()
    proof = pia.device.sign(challenge(town))
    town.dial().ask("account.passkey_sign_in", **proof)
    assert "answered already" in refused(town, **proof)
    begun = pia.begin()
    made = Authenticator(page(town)).make(begun)
    pia.client.ask("passkey.add", **made)
    assert pia.client.refusal("passkey.add", **made)["code"] == "not_found"


@pytest.mark.parametrize(
    "bend",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:1"},
        {"origin": "http://evil.localhost"},
        {"origin": "null"},
        {"rp": "evil.example"},
    ],
)
def test_what_was_made_for_another_page_is_no_proof(town: Town, pia: Person, bend: dict[str, str]) -> None:
    pia.add()
    for name, value in bend.items():
        setattr(pia.device, name, value)
    assert "not known here" in refused(town, **pia.device.sign(challenge(town)))
    assert (
        "this server can use" in pia.client.refusal("passkey.add", **pia.device.make(pia.begin()))["message"]
    )


def test_a_signature_of_another_key_is_no_proof(town: Town, pia: Person) -> None:
    pia.add()
    other = Authenticator(page(town))
    other.credential = pia.device.credential
    other.count = 10
    assert "not known here" in refused(town, **other.sign(challenge(town)))
    stranger = Authenticator(page(town))
    assert "not known here" in refused(town, **stranger.sign(challenge(town)))


def test_a_passkey_that_counts_back_was_copied(town: Town, pia: Person) -> None:
    pia.add()
    town.dial().ask("account.passkey_sign_in", **pia.device.sign(challenge(town)))
    pia.device.count = 0
    assert "copied" in refused(town, **pia.device.sign(challenge(town)))


def test_a_passkey_that_never_counts_is_good(
    town: Town, pia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pia.device, "_counted", lambda: 0)
    pia.add()
    for _ in range(2):
        town.dial().ask("account.passkey_sign_in", **pia.device.sign(challenge(town)))


def test_alone_it_signs_in_only_who_was_asked_for(town: Town, pia: Person) -> None:
    pia.add()
    pia.device.verifies = False
    assert "must ask who you are" in refused(town, **pia.device.sign(challenge(town)))


def test_a_passkey_stands_in_for_the_code_of_a_second_factor(town: Town, pia: Person) -> None:
    pia.add()
    secret = pia.client.ask("totp.begin", password=PASSWORD)["secret"]
    pia.client.ask("totp.confirm", code=pyotp.TOTP(secret).now())
    known = {"name": pia.name, "password": PASSWORD}
    assert town.dial().refusal("account.sign_in", **known)["data"] == {"second_factor": True, "passkey": True}
    pia.device.verifies = False  # the password was the other factor
    proof = pia.device.sign(challenge(town))
    assert town.dial().ask("account.sign_in", passkey=proof, **known)["account"]["id"] == pia.account
    other = Person(town)
    other.add()
    theirs = other.device.sign(challenge(town))
    assert town.dial().refusal("account.sign_in", passkey=theirs, **known)["code"] == "unauthenticated"


def test_nobody_adds_what_another_account_has_begun(town: Town, pia: Person) -> None:
    other = Person(town)
    made = pia.device.make(pia.begin())
    assert other.client.refusal("passkey.add", **made)["code"] == "not_found"
    pia.add()
    again = pia.device.make(other.begin())
    assert other.client.refusal("passkey.add", **again)["code"] == "conflict"


def test_a_challenge_for_adding_signs_nobody_in(town: Town, pia: Person) -> None:
    pia.add()
    assert "answered already" in refused(town, **pia.device.sign(pia.begin()))


def test_a_disabled_account_stays_out(town: Town, pia: Person) -> None:
    pia.add()
    town.operator.ask("account.disable", account=pia.account)
    refusal = town.dial().refusal("account.passkey_sign_in", **pia.device.sign(challenge(town)))
    assert refusal["code"] == "forbidden"


def test_an_account_has_a_bounded_number_and_keeps_its_last_way_in(town: Town, pia: Person) -> None:
    for number in range(20):
        pia.device = Authenticator(page(town))
        pia.add(f"key {number}")
    assert pia.client.refusal("passkey.begin", password=PASSWORD, host="localhost")["code"] == "conflict"
    listed = pia.client.ask("passkey.list")["passkeys"]
    assert [one["name"] for one in listed] == [f"key {number}" for number in range(20)]
    assert pia.client.ask("passkey.rename", passkey=listed[0]["id"], name="first") == {}
    assert pia.client.ask("passkey.list")["passkeys"][0]["name"] == "first"


def test_passkeys_are_bound_to_a_name_and_no_address(town: Town) -> None:
    visitor = town.dial()
    for address in ("127.0.0.1", "[::1]", "192.0.2.7"):
        refusal = visitor.refusal("account.passkey_begin", host=address)
        assert refusal["code"] == "conflict"
        assert "localhost" in refusal["message"]
    assert "public_url" in visitor.refusal("account.passkey_begin", host="other.example")["message"]
    assert visitor.ask("account.passkey_begin")["rp"] == "localhost"


def test_with_a_public_name_passkeys_belong_to_it(serve: Any) -> None:
    server: Server = serve(public_url="https://chat.example.org")
    town = Town(server)
    visitor = town.dial()
    assert visitor.ask("account.passkey_begin")["rp"] == "chat.example.org"
    assert visitor.refusal("account.passkey_begin", host="localhost")["code"] == "conflict"
    pia = Person(town, origin="https://chat.example.org")
    begun = pia.client.ask("passkey.begin", password=PASSWORD)
    pia.client.ask("passkey.add", **pia.device.make(begun))
    proof = pia.device.sign(visitor.ask("account.passkey_begin"))
    assert visitor.ask("account.passkey_sign_in", **proof)["account"]["id"] == pia.account
    pia.device.origin = "http://chat.example.org"
    plain = pia.device.sign(visitor.ask("account.passkey_begin"))
    assert visitor.refusal("account.passkey_sign_in", **plain)["code"] == "unauthenticated"
    town.close()


def test_what_is_no_answer_of_a_browser_is_refused(town: Town, pia: Person) -> None:
    begun = pia.begin()
    for field in ("client_data", "attestation"):
        fields = {**pia.device.make(begun), field: "AAAA"}
        assert pia.client.refusal("passkey.add", **fields)["code"] in ("invalid", "not_found")
        begun = pia.begin()
    pia.add()
    for field in ("client_data", "authenticator_data", "signature", "credential"):
        proof = {**pia.device.sign(challenge(town)), field: "AAAA"}
        assert town.dial().refusal("account.passkey_sign_in", **proof)["code"] == "unauthenticated"


def test_a_passkey_outlives_a_restart_and_a_challenge_does_not(serve: Any) -> None:
    server: Server = serve()
    town = Town(server)
    pia = Person(town)
    pia.add()
    before = pia.device.sign(challenge(town))
    server.kill()
    server.start()
    town.reconnect()
    assert "answered already" in refused(town, **before)
    town.dial().ask("account.passkey_sign_in", **pia.device.sign(challenge(town)))
    town.close()
