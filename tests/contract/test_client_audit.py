"""The browser client has a sentence for whatever the audit may list."""

from __future__ import annotations

from pathlib import Path

from chatd.contract import events

LINES = Path(__file__).parents[2] / "web" / "src" / "manage" / "audit_line.ts"


def test_every_event_of_the_audit_has_its_sentence() -> None:
    known = LINES.read_text()
    lacking = {name for name in {*events.AUDITED, *events.OVER_ACCOUNTS} if f"'{name}'" not in known}
    assert lacking == set()
