"""Every way into the chat in a browser, from the first start on, and what an account sets for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from e2e.provider import Provider
from e2e.test_links import setup_link

from .driving import assert_calm, drive, serving


class LocalProvider(Provider):
    """Under the server's own name, so that no other host is asked."""

    @property
    def issuer(self) -> str:
        return super().issuer.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("chatd")
    with LocalProvider() as provider:
        more = {"sign_up": "invite", "oidc_name": "Hopper ID", "oidc_sign_up": True, **provider.settings}
        with serving(folder, server_name="The office", **more) as server:
            link = setup_link(server)
            origin = f"http://localhost:{server.port}"
            return drive("getting_in", server, folder, origin=origin, link=link, provider=provider.issuer)


def test_it_runs_under_its_policy_and_asks_no_other_host_but_the_provider(seen: Any) -> None:
    assert_calm(seen)


def test_axe_finds_nothing_on_any_screen(seen: Any) -> None:
    assert seen["axe"] == {name: [] for name in seen["axe"]}


def test_the_printed_link_leads_to_a_chat_and_an_invite(seen: Any) -> None:
    assert seen["setup_address"] == "/#/setup/…"
    assert seen["styled"] == "grid"
    assert seen["wrote_first"]


def test_who_comes_by_the_invite_is_in_the_only_room_or_chooses_one_of_more(seen: Any) -> None:
    assert seen["first_room"] == "general"
    assert seen["landed"] == "lobby"
    assert sorted(seen["rooms_offered"]) == ["engine", "lobby"]


def test_a_weak_password_is_refused_with_the_reason_and_the_code_leaves_no_trace(seen: Any) -> None:
    assert "password" in seen["weak"]
    assert not seen["used"]


def test_a_device_has_a_name_from_the_start(seen: Any) -> None:
    assert seen["device"].startswith("Chrome, Linux")


def test_a_wrong_password_is_refused_with_words(seen: Any) -> None:
    assert "wrong" in seen["wrong"]


def test_what_stands_in_for_the_second_factor_and_for_the_password(seen: Any) -> None:
    assert seen["codes"] == 10
    assert seen["factors"] == [
        *("recovery", "next recovery"),
        *("passkey", "passkey alone", "passkey in the fields"),
    ]


def test_a_device_that_has_a_passkey_already_is_told_in_words(seen: Any) -> None:
    assert seen["twice"] == "This device has a passkey for your account already."


def test_a_passkey_that_was_removed_signs_nobody_in(seen: Any) -> None:
    assert "not known" in seen["removed"]


def test_single_sign_on_leaves_no_code_in_the_address_and_accounts_stand_side_by_side(seen: Any) -> None:
    assert seen["sso_address"] == "/#/"
    assert seen["both"] == 2


def test_an_identity_is_connected_after_its_account_was_deleted(seen: Any) -> None:
    assert "realm" in seen["linked"]
    assert seen["after_linking"] == "#/settings/security"


def test_whoever_runs_the_server_hands_out_links_and_shuts_accounts_out(seen: Any) -> None:
    assert "signed out" in seen["shut_out"]
