"""Passkeys under attack: what somebody without them, or with a copy, or with the password alone gets."""

from __future__ import annotations

from typing import Any

import pytest

from .authenticator import Authenticator, read, shown
from .conftest import Serve
from .talking import Frame
from .test_passkeys import PASSWORD, Person, challenge, page
from .test_second_factor import App
from .town import Town, absent_id

SIGN_IN = "account.passkey_sign_in"


def with_code(pia: Person) -> App:
    """Switches the second factor on."""
    app = App(pia.client.ask("totp.begin", password=PASSWORD)["secret"])
    pia.client.ask("totp.confirm", code=app.code())
    return app


def garbage(town: Town) -> Frame:
    """A proof by a passkey that nobody has, over a challenge of now."""
    return Authenticator(page(town)).sign(challenge(town))


def test_a_wrong_passkey_counts_like_a_wrong_code(serve: Serve) -> None:
    """Or else whoever knows the password clears the count between guesses of a code."""
    town = Town(serve(rate_limits=True, login_free_tries=3, login_first_delay=60))
    pia = Person(town)
    app = with_code(pia)
    known = {"name": pia.name, "password": PASSWORD}
    seen = []
    for _ in range(6):
        for second in ({"code": app.wrong()}, {"passkey": garbage(town)}):
            reply = town.dial().refusal("account.sign_in", **known, **second)
            seen.append(reply["code"])
    assert "rate_limited" in seen
    assert set(seen) <= {"unauthenticated", "rate_limited"}
    town.close()


@pytest.mark.parametrize("code", [None, "000000"])
def test_a_challenge_that_is_over_counts_as_well(serve: Serve, code: str | None) -> None:
    town = Town(serve(rate_limits=True, login_free_tries=3, login_first_delay=60))
    pia = Person(town)
    with_code(pia)
    old = {**garbage(town), "ceremony": "nothing"}
    more = {} if code is None else {"code": code}
    seen = [
        town.dial().refusal("account.sign_in", name=pia.name, password=PASSWORD, passkey=old, **more)["code"]
        for _ in range(8)
    ]
    assert seen[-1] == "rate_limited"
    town.close()


def test_a_code_that_is_needed_says_that_a_passkey_will_do(town: Town) -> None:
    pia = Person(town)
    with_code(pia)
    known = {"name": pia.name, "password": PASSWORD}
    assert town.dial().refusal("account.sign_in", **known)["data"] == {"second_factor": True}
    pia.add()
    assert town.dial().refusal("account.sign_in", **known)["data"] == {"second_factor": True, "passkey": True}


def test_without_the_password_nobody_learns_of_passkeys(town: Town) -> None:
    pia = Person(town)
    with_code(pia)
    pia.add()
    wrong = town.dial().refusal("account.sign_in", name=pia.name, password="not it")
    absent = town.dial().refusal("account.sign_in", name="nobody-here", password="not it")
    assert wrong == absent
    proof = pia.device.sign(challenge(town))
    assert town.dial().refusal("account.sign_in", name=pia.name, password="no", passkey=proof) == wrong
    assert town.dial().ask(SIGN_IN, **proof), "it was not looked at, so it is not used up"


@pytest.mark.parametrize("bend", [{"crossOrigin": True}, {"type": "webauthn.create"}, {"challenge": "AAAA"}])
def test_client_data_of_another_kind_proves_nothing(
    town: Town, bend: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    pia = Person(town)
    pia.add()
    said = pia.device._client_data

    def bent(type_: str, begun: dict[str, Any]) -> bytes:
        return json.dumps({**json.loads(said(type_, begun)), **bend}).encode()

    monkeypatch.setattr(pia.device, "_client_data", bent)
    assert town.dial().refusal(SIGN_IN, **pia.device.sign(challenge(town)))["code"] == "unauthenticated"


def test_a_copy_and_its_original_at_once_let_only_one_in(town: Town) -> None:
    """Both say the same count, each over a challenge of its own."""
    pia = Person(town)
    pia.add()
    proofs = []
    for _ in range(4):
        pia.device.count = 7
        proofs.append(pia.device.sign(challenge(town)))
    answers = at_once(town, [(SIGN_IN, proof) for proof in proofs])
    assert sum("result" in answer for answer in answers) == 1, answers


def test_as_second_factor_a_copy_at_once_lets_only_one_in(town: Town) -> None:
    pia = Person(town)
    with_code(pia)
    pia.add()
    asked = []
    for _ in range(4):
        pia.device.count = 7
        proof = pia.device.sign(challenge(town))
        asked.append(("account.sign_in", {"name": pia.name, "password": PASSWORD, "passkey": proof}))
    answers = at_once(town, asked)
    assert sum("result" in answer for answer in answers) == 1, answers


def test_as_second_factor_a_passkey_that_counts_back_is_told(town: Town) -> None:
    pia = Person(town)
    with_code(pia)
    pia.add()
    known = {"name": pia.name, "password": PASSWORD}
    pia.device.count = 9
    town.dial().ask("account.sign_in", **known, passkey=pia.device.sign(challenge(town)))
    pia.device.count = 3
    refusal = town.dial().refusal("account.sign_in", **known, passkey=pia.device.sign(challenge(town)))
    assert "copied" in refusal["message"]
    pia.device.count = 20
    town.dial().ask("account.sign_in", **known, passkey=pia.device.sign(challenge(town)))


def test_the_same_answer_at_once_lets_only_one_in(town: Town) -> None:
    pia = Person(town)
    pia.add()
    proof = pia.device.sign(challenge(town))
    answers = at_once(town, [(SIGN_IN, proof)] * 4)
    assert sum("result" in answer for answer in answers) == 1, answers


def test_a_passkey_of_which_the_owner_is_erased_is_gone(town: Town) -> None:
    pia = Person(town)
    pia.add()
    town.operator.ask("account.erase", account=pia.account)
    assert town.dial().refusal(SIGN_IN, **pia.device.sign(challenge(town)))["code"] in (
        "unauthenticated",
        "forbidden",
    )


def test_an_operator_takes_passkeys_away_and_the_account_is_told(town: Town) -> None:
    pia = Person(town)
    pia.add()
    assert pia.client.refusal("account.reset_passkeys", account=pia.account)["code"] == "forbidden"
    assert town.operator.ask("account.reset_passkeys", account=pia.account) == {}
    assert pia.client.wait_event("account.secured", change="passkey_removed")["by"].startswith("operator:")
    assert pia.client.ask("passkey.list") == {"passkeys": []}
    assert town.dial().refusal(SIGN_IN, **pia.device.sign(challenge(town)))["code"] == "unauthenticated"
    assert town.operator.refusal("account.reset_passkeys", account=pia.account)["code"] == "conflict"
    assert town.operator.refusal("account.reset_passkeys", account=absent_id())["code"] == "not_found"


def test_the_only_way_into_an_account_stays(town: Town) -> None:
    lone = town.account("lone")
    client = town.open(lone)
    device = Authenticator(page(town))
    passkey = client.ask("passkey.add", **device.make(client.ask("passkey.begin")))["passkey"]
    assert client.refusal("passkey.remove", passkey=passkey["id"])["code"] == "conflict"
    spare = client.ask("passkey.add", **Authenticator(page(town)).make(client.ask("passkey.begin")))[
        "passkey"
    ]
    assert client.ask("passkey.remove", passkey=passkey["id"]) == {}
    assert client.refusal("passkey.remove", passkey=spare["id"])["code"] == "conflict"


def test_names_of_passkeys_have_limits(town: Town) -> None:
    pia = Person(town)
    id_ = pia.add()["id"]
    for name in ("", "x" * 81, "two\nlines", "\u202eturned"):
        assert pia.client.refusal("passkey.rename", passkey=id_, name=name)["code"] == "invalid"
    other = Person(town)
    assert other.client.refusal("passkey.rename", passkey=id_, name="mine")["code"] == "not_found"
    assert other.client.refusal("passkey.remove", passkey=id_, password=PASSWORD)["code"] == "not_found"


def test_a_recovery_link_ends_passkeys(town: Town) -> None:
    from .test_recovery import OTHER, link, submit

    pia = Person(town)
    pia.add()
    assert submit(town.server, link(town, pia.account), OTHER)[0] == 200
    assert town.dial().refusal(SIGN_IN, **pia.device.sign(challenge(town)))["code"] == "unauthenticated"


def test_hostile_bytes_are_refused(town: Town) -> None:
    """Cut, twisted and nested without an end; the fixture looks for exceptions in the log."""
    pia = Person(town)
    made = pia.device.make(pia.begin())
    attestation = read(made["attestation"])
    hostile = [
        attestation[:40],
        attestation[:90],
        attestation[:-1],
        attestation + b"\0",
        b"\x81" * 30_000,
        b"\xa1" * 30_000,
        b"\xbf" * 100,
        b"\x9b" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
    ]
    for one in hostile:
        fields = {**pia.device.make(pia.begin()), "attestation": shown(one)}
        assert pia.client.refusal("passkey.add", **fields)["code"] == "invalid"
    for said in (b"[" * 2_000, b"{}", b"[]", b"null", b"\xff", b'{"type": 1}'):
        fields = {**pia.device.make(pia.begin()), "client_data": shown(said)}
        assert pia.client.refusal("passkey.add", **fields)["code"] == "invalid"
    pia.add()
    for short in (b"\0", bytes(36), bytes(36) + b"\xc5", bytes(32) + b"\xc5\0\0\0\1" + bytes(17)):
        proof = {**pia.device.sign(challenge(town)), "authenticator_data": shown(short)}
        assert town.dial().refusal(SIGN_IN, **proof)["code"] == "unauthenticated"


def at_once(town: Town, asked: list[tuple[str, Frame]]) -> list[Frame]:
    """Each on a connection of its own; sent together, before any answer is read."""
    clients = [town.dial() for _ in asked]
    ids = [client.send(name, **data) for client, (name, data) in zip(clients, asked, strict=True)]
    return [client.reply(id_) for client, id_ in zip(clients, ids, strict=True)]
