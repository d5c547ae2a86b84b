"""docs/troubleshooting.md quotes what the program says now, and leaves out no warning and no close code."""

from __future__ import annotations

import re

import pytest
from quotes import ROOT, is_said, pattern, source

from chatd.contract.close_codes import CLOSE_CODES, CloseCode

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
CODE = re.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)")
FIRST_COLUMN = re.compile(r"^\| (.+?) \|", re.MULTILINE)
# Codes, fields, commands and paths that stand beside a quote.
NAMES = {"unavailable", "internal", "too_large", "invalid", "rate_limited", "need_restart", "/readyz"}
NAMES |= {"server check", "server verify"}
HEADINGS = {"it says", "event", "close code"}


def quotes() -> list[str]:
    """The code in the first column of each table."""
    cells = [cell for cell in FIRST_COLUMN.findall(PAGE) if cell not in HEADINGS]
    return [quote.replace("``", "`").strip() for cell in cells for _, quote in CODE.findall(cell)]


@pytest.mark.parametrize("quote", quotes())
def test_what_the_page_quotes_the_program_says(quote: str) -> None:
    codes = {str(code.code) for code in CLOSE_CODES}
    assert quote in codes | NAMES or is_said(quote)


def test_every_warning_and_error_of_the_log_is_on_the_page() -> None:
    """In one test: to find them the whole source is read, which who only collects tests should not."""
    alarms = source().alarms
    assert alarms
    assert [event for event in sorted(alarms) if f"`{event}`" not in PAGE] == []


@pytest.mark.parametrize("error", ["StoreError", "GaveUp"])
def test_every_reason_not_to_start_is_on_the_page(error: str) -> None:
    said = {pattern(quote) for quote in quotes()}
    raised = source().raised[error]
    assert raised
    assert not raised - said


@pytest.mark.parametrize("code", CLOSE_CODES, ids=lambda code: str(code.code))
def test_every_close_code_is_on_the_page(code: CloseCode) -> None:
    assert f"`{code.code}`" in PAGE
