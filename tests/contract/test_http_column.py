"""The column `http` of the table of requests: methods and paths that no two requests share."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from msgspec.structs import fields as fields_of

from chatd.contract.errors import MEANINGS
from chatd.contract.http import API, EVENTS, STATUS
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType

SECRETS = {"password", "old", "new", "refresh_token", "verifier", "token"}


def _shape(row: RequestType) -> tuple[str, ...]:
    return tuple(re.sub(r"\{\w+\}", "{}", row.http.path).split("/"))


@pytest.mark.parametrize("row", REQUESTS.values(), ids=lambda row: row.name)
def test_a_path_is_made_of_plain_words_and_fields_of_the_request(row: RequestType) -> None:
    assert re.fullmatch(r"(/([a-z_]+|\{[a-z_]+\}))+", row.http.path)
    assert len(set(row.http.fields)) == len(row.http.fields)
    required = {field.encode_name for field in fields_of(row.request) if field.required}
    assert set(row.http.fields) <= required
    assert row.http.path != EVENTS
    assert not row.http.path.startswith(API)


@pytest.mark.parametrize("row", REQUESTS.values(), ids=lambda row: row.name)
def test_queries_are_got_and_commands_are_not(row: RequestType) -> None:
    assert (row.kind == "query") == (row.http.method == "GET")
    assert row.http.status == 200 or row.http.method == "POST"


@pytest.mark.parametrize("row", REQUESTS.values(), ids=lambda row: row.name)
def test_a_secret_stands_in_no_address(row: RequestType) -> None:
    """Addresses are logged by proxies and remembered by browsers."""
    assert not SECRETS & set(row.fields if not row.http.has_body else row.http.fields)


def test_no_two_requests_share_a_method_and_an_address() -> None:
    rows = REQUESTS.values()
    for one, other in combinations(rows, 2):
        if one.http.method != other.http.method:
            continue
        shapes = _shape(one), _shape(other)
        same = len(shapes[0]) == len(shapes[1]) and all(
            a == b or "{}" in (a, b) for a, b in zip(*shapes, strict=True)
        )
        assert not same, (one.name, other.name)


def test_one_field_at_one_place_has_one_name() -> None:
    """`/rooms/{room}` is never `/rooms/{id}` elsewhere."""
    names: dict[tuple[str, ...], set[str]] = {}
    for row in REQUESTS.values():
        parts = row.http.path.split("/")
        for index, part in enumerate(parts):
            if part.startswith("{"):
                names.setdefault(_shape(row)[: index + 1], set()).add(part)
    assert all(len(found) == 1 for found in names.values()), names


def test_every_code_has_a_status() -> None:
    assert STATUS.keys() == MEANINGS.keys()
