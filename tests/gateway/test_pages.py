"""The pages of the server say what they are given, and never as markup."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from starlette.responses import Response

from chatd.contract.errors import Refusal
from chatd.gateway.http import pages

MARKUP = "'\"><script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
REFUSAL = Refusal("invalid", MARKUP)


@pytest.mark.parametrize(
    ("page", "times"),
    [
        (lambda: pages.home(MARKUP), 2),
        (lambda: pages.setup(MARKUP), 1),
        (lambda: pages.setup("code", REFUSAL), 1),
        (lambda: pages.setup("code", None, MARKUP, MARKUP), 2),
        (lambda: pages.set_up(MARKUP, MARKUP, MARKUP), 4),
        (lambda: pages.recovery(MARKUP), 1),
        (lambda: pages.recovery("code", REFUSAL), 1),
        (lambda: pages.recovered(MARKUP), 2),
        (lambda: pages.not_signed_in(REFUSAL), 1),
    ],
)
async def test_what_others_wrote_is_text_and_no_markup(
    page: Callable[[], Awaitable[Response]], times: int
) -> None:
    body = bytes((await page()).body).decode()
    assert "<script" not in body
    assert body.count(ESCAPED) == times


async def test_a_form_says_what_is_wrong_with_it() -> None:
    fresh, refused = await pages.setup("code"), await pages.setup("code", Refusal("invalid", "try again"))
    assert (fresh.status_code, b"class=problem" in bytes(fresh.body)) == (200, False)
    assert (refused.status_code, b"try again" in bytes(refused.body)) == (400, True)


async def test_a_form_keeps_what_was_typed_but_the_password() -> None:
    page = bytes((await pages.setup("code", REFUSAL, "ada", "Our home", "lobby")).body).decode()
    assert 'value="ada"' in page
    assert 'value="Our home"' in page
    assert 'value="lobby"' in page
    assert re.search(r"<input name=password[^>]*value", page) is None


async def test_no_page_is_stored_on_the_way() -> None:
    assert (await pages.recovery("code")).headers["cache-control"] == "no-store"
