"""Signing in with a code as well: asked for only after the right password, each code good once."""

from __future__ import annotations

import base64
import json
import time

import pytest

from chatd.domain import totp

from .conftest import Serve
from .talking import Client, Frame
from .town import Town, absent_id

PASSWORD = "a lantern over seven still ponds"
OTHER = "eleven grey herons at the weir"


class App:
    """What shows the codes. Each of them fits the server's clock and is later than the one before."""

    def __init__(self, secret: str) -> None:
        self.secret = base64.b32decode(secret)
        self.first = totp.step_at(time.time_ns() // 1_000_000)

    def code(self, later: int = 0) -> str:
        """The code of now, or of the step after it, which a clock that is fast would show."""
        return totp.code(self.secret, self.first + later)

    def wrong(self) -> str:
        near = {totp.code(self.secret, self.first + step) for step in range(-3, 5)}
        return next(
            code
            for code in ("000000", "111111", "222222", *map(str, range(333333, 333343)))
            if code not in near
        )


class AccountPresence:
    """Somebody with a second factor."""

    def __init__(self, town: Town, name: str) -> None:
        self.town, self.name = town, name
        tokens = town.dial().ask("account.sign_up", name=name, password=PASSWORD)
        self.id: str = tokens["account"]["id"]
        self.session = town.dial().open(tokens["access_token"])
        begun = self.session.ask("totp.begin", password=PASSWORD)
        self.app = App(begun["secret"])
        self.spares: list[str] = self.session.ask("totp.confirm", code=self.app.code())["recovery_codes"]

    def sign_in(self, password: str = PASSWORD, **more: str) -> Frame:
        client = self.town.dial()
        return client.reply(client.send("account.sign_in", name=self.name, password=password, **more))


def refused(reply: Frame) -> Frame:
    error: Frame = reply["error"]
    return error


def test_the_code_is_asked_for_only_when_the_password_is_right(town: Town) -> None:
    person = AccountPresence(town, "terry")
    wrong = refused(person.sign_in(OTHER))
    assert "data" not in wrong
    assert refused(person.sign_in(OTHER, code=person.app.code(1))) == wrong
    asked = refused(person.sign_in())
    assert (asked["code"], asked["data"]) == ("unauthenticated", {"second_factor": True})
    assert "access_token" in person.sign_in(code=person.app.code(1))["result"]


def test_a_code_works_once(town: Town) -> None:
    person = AccountPresence(town, "thelma")
    assert refused(person.sign_in(code=person.app.code()))["data"] == {"second_factor": True}
    code = person.app.code(1)
    assert "result" in person.sign_in(code=f"{code[:3]} {code[3:]}")
    assert refused(person.sign_in(code=code))["code"] == "unauthenticated"


def test_of_two_who_give_one_code_at_the_same_time_one_is_believed(town: Town) -> None:
    person = AccountPresence(town, "tilda")
    for code in (person.app.code(1), person.spares[0]):
        clients = [town.dial() for _ in range(4)]
        data = {"name": person.name, "password": PASSWORD, "code": code}
        asked = [client.send("account.sign_in", **data) for client in clients]
        replies = [client.reply(id_) for client, id_ in zip(clients, asked, strict=True)]
        assert sum("result" in reply for reply in replies) == 1


def test_a_recovery_code_works_once_however_it_is_typed(town: Town) -> None:
    person = AccountPresence(town, "tobias")
    assert len(set(person.spares)) == 10
    assert person.session.ask("totp.get") == {"enabled": True, "recovery_codes": 10}
    spare = person.spares[3]
    assert "result" in person.sign_in(code=spare.upper().replace("-", " "))
    assert "error" in person.sign_in(code=spare)
    assert person.session.ask("totp.get") == {"enabled": True, "recovery_codes": 9}
    assert "result" in person.sign_in(code=person.spares[0])


def test_a_secret_that_was_not_confirmed_asks_for_nothing(town: Town) -> None:
    tokens = town.dial().ask("account.sign_up", name="tamara", password=PASSWORD)
    session = town.dial().open(tokens["access_token"])
    assert session.refusal("totp.confirm", code="123456")["code"] == "conflict"
    first = session.ask("totp.begin", password=PASSWORD)
    assert first["uri"].startswith("otpauth://totp/chatd:tamara?secret=" + first["secret"])
    wrong = session.refusal("totp.confirm", code="000000")
    assert wrong["code"] == "unauthenticated"
    assert "clock" in wrong["message"]
    assert "recovery" not in wrong["message"]  # there is none yet
    assert session.ask("totp.get") == {"enabled": False, "recovery_codes": 0}
    town.dial().ask("account.sign_in", name="tamara", password=PASSWORD)


def test_a_second_factor_begins_with_the_password_and_ends_with_password_and_code(town: Town) -> None:
    person = AccountPresence(town, "titus")
    session = person.session
    assert session.refusal("totp.begin", password=OTHER)["code"] == "unauthenticated"
    assert session.refusal("totp.begin", password=PASSWORD)["code"] == "conflict"
    assert session.refusal("totp.confirm", code=person.app.code(1))["code"] == "conflict"
    spare = person.spares[0]
    assert session.refusal("totp.remove", password=OTHER, code=spare)["code"] == "unauthenticated"
    wrong = session.refusal("totp.remove", password=PASSWORD, code=person.app.wrong())
    assert wrong["code"] == "unauthenticated"
    assert session.ask("totp.remove", password=PASSWORD, code=spare) == {}
    assert "result" in person.sign_in()
    assert session.refusal("totp.remove", password=PASSWORD, code=spare)["code"] == "conflict"


def test_an_operator_takes_it_off_for_who_lost_everything(town: Town) -> None:
    person = AccountPresence(town, "trudy")
    assert person.session.refusal("account.reset_totp", account=person.id)["code"] == "forbidden"
    assert town.operator.ask("account.reset_totp", account=person.id) == {}
    assert "result" in person.sign_in()
    assert town.operator.refusal("account.reset_totp", account=person.id)["code"] == "conflict"
    assert town.operator.refusal("account.reset_totp", account=absent_id())["code"] == "not_found"


def test_the_other_devices_are_told_what_changed_and_by_whom(town: Town) -> None:
    person = AccountPresence(town, "tessa")
    on = person.session.wait_event("account.secured", change="totp_on")
    assert (on["by"], on["data"]) == (person.id, {"change": "totp_on"})
    town.operator.ask("account.reset_totp", account=person.id)
    assert person.session.wait_event("account.secured", change="totp_off")["by"].startswith("operator:")


def test_an_account_without_a_password_has_no_second_factor(town: Town) -> None:
    session = town.open(town.account())
    assert session.refusal("totp.begin", password=PASSWORD)["code"] == "conflict"
    assert town.operator.refusal("totp.begin", password=PASSWORD)["code"] == "forbidden"


def test_wrong_codes_are_held_up_like_wrong_passwords(serve: Serve) -> None:
    town = Town(serve(rate_limits=True, login_free_tries=3, login_first_delay=60))
    person = AccountPresence(town, "theo")
    wrong = person.app.wrong()
    codes = [refused(person.sign_in(code=wrong))["code"] for _ in range(4)]
    assert codes == ["unauthenticated"] * 3 + ["rate_limited"]
    held_up = refused(person.sign_in(code=person.app.code(1)))
    assert held_up["code"] == "rate_limited"
    assert held_up["data"]["retry_after"] > 0
    town.close()


def test_to_sign_in_without_a_code_takes_no_wrong_one_back(serve: Serve) -> None:
    town = Town(serve(rate_limits=True, login_free_tries=3, login_first_delay=60))
    person = AccountPresence(town, "tom")
    wrong = person.app.wrong()
    codes = []
    for _ in range(3):
        codes.append(refused(person.sign_in(code=wrong))["code"])
        person.sign_in()
    codes.append(refused(person.sign_in(code=wrong))["code"])
    assert codes == ["unauthenticated"] * 3 + ["rate_limited"]
    town.close()


def test_nothing_secret_is_logged_or_told_again(serve: Serve) -> None:
    server = serve(log_level="debug")
    town = Town(server)
    visitor: Client = town.dial()
    tokens = visitor.ask("account.sign_up", name="tansy", password=PASSWORD)
    session = town.dial().open(tokens["access_token"])
    begun = session.ask("totp.begin", password=PASSWORD)
    app = App(begun["secret"])
    spares = session.ask("totp.confirm", code=app.code())["recovery_codes"]
    visitor.ask("account.sign_in", name="tansy", password=PASSWORD, code=spares[0])
    visitor.refusal("account.sign_in", name="tansy", password=PASSWORD, code=spares[0])
    visitor.refusal("account.sign_in", name="tansy", password=OTHER, code=spares[1])
    link = town.operator.ask("account.recovery_link", account=tokens["account"]["id"])["url"]
    town.operator.refusal("account.set_password", account=tokens["account"]["id"], password="password1")
    told = json.dumps(
        [
            town.operator.ask("event.list", after=0, limit=500),
            town.operator.ask("account.devices", account=tokens["account"]["id"]),
            town.operator.ask("account.list"),
            session.ask("device.list"),
            session.ask("totp.get"),
            session.opened,
        ]
    )
    town.close()
    server.stop()
    secrets = [PASSWORD, OTHER, "password1", begun["secret"], app.secret.hex(), link.rpartition("=")[2]]
    secrets += [*spares, tokens["refresh_token"], tokens["access_token"]]
    secrets += ["$argon2id$"]
    for secret in secrets:
        assert secret not in told
        assert secret not in server.log.read_text()


@pytest.mark.parametrize("name", ["nobody-at-all", "tiffany"])
def test_a_code_tells_nothing_without_the_password(town: Town, name: str) -> None:
    if name == "tiffany":
        AccountPresence(town, name)
    error = town.dial().refusal("account.sign_in", name=name, password=OTHER, code="123456")
    assert error == {"code": "unauthenticated", "message": "name or password is wrong"}
