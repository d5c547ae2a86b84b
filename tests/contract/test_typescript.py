"""`chatd schema --typescript`: what may be missing, what may be null, and that the compiler takes it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import npm
import pytest
from click.testing import CliRunner

from chatd.cli import main
from chatd.contract.errors import MEANINGS
from chatd.contract.events import EVENTS
from chatd.contract.fields import MAX_TEXT
from chatd.contract.requests import REQUESTS
from chatd.contract.signals import SIGNALS
from chatd.contract.typescript import typescript

WEB = Path(__file__).parents[2] / "web"
COMPILER = WEB / "node_modules" / ".bin" / "tsc"
# Each line says what the types must allow, or with `@ts-expect-error` what they must not.
CLAIMS = """
import { ROLES, kindOf, type DataOf, type EventOf, type Hidden, type Message, type OwnRoom } from './contract'
import type { ErrorCode, Requests, ResultOf, Right, SignalOf } from './contract'

export const plain: DataOf<'message.post'> = { room: 'r', text: 'hi' }
export const empty: DataOf<'message.post'> = { room: 'r', text: 'hi', nonce: null, reply_to: undefined }
// @ts-expect-error a field that must be there
export const lacking: DataOf<'message.post'> = { room: 'r' }
// @ts-expect-error a field that is not known
export const unknown: DataOf<'message.post'> = { room: 'r', text: 'hi', colour: 'red' }
// @ts-expect-error a field with a default is left out, and never null
export const nothing: DataOf<'room.history'> = { room: 'r', limit: null }
export const bare: DataOf<'space.list'> = {}
export const opened: DataOf<'session.open'> = { token: 't', cursor: { epoch: 'e', position: 1 } }
export const muted: DataOf<'member.mute'> = { space: 's', account: 'a', for: 60 }
export const kind: 'command' | 'query' = kindOf('message.post')
export const always: string | null = ({} as Message).text
// @ts-expect-error null, where it was deleted
export const text: string = ({} as Message).text
export const accounts: string | undefined = ({} as OwnRoom).accounts?.[0]
// @ts-expect-error missing in rooms that are not direct
export const first: string | undefined = ({} as OwnRoom).accounts[0]
// @ts-expect-error what is told stays as it came
export const change = (message: Message) => { message.text = '' }
export const role: (typeof ROLES)[number] = 'owner'
export const right: Right = 'message.post'
export const code: ErrorCode = 'not_found'
export const name: keyof Requests = 'message.post'
export const next: string | null = ({} as ResultOf<'account.list'>).next
export function told(event: EventOf<'message.posted' | 'member.banned' | 'room.locked'>): unknown {
  if (event.event === 'message.posted') return event.data.text?.length
  if (event.event === 'member.banned') return event.data.account?.length
  // @ts-expect-error an event's data has what its type says
  return event.data.account
}
export const from = (event: EventOf<'notification.created'>): string => event.data.from
export const seconds = (signal: SignalOf<'typing'>): number => signal.data.expires_in
export const hidden: Hidden = {}
"""


def test_what_is_printed_is_the_file_of_the_browser_client() -> None:
    printed = CliRunner().invoke(main, ["schema", "--typescript"])
    assert (printed.exit_code, printed.stdout) == (0, (WEB / "src" / "wire" / "contract.ts").read_text())


def test_every_row_is_there_with_its_doc() -> None:
    text = typescript()
    for row in REQUESTS.values():
        shown = (
            f"  '{row.name}': {{ readonly kind: '{row.kind}'; readonly data: {row.request.__name__};"
            f" readonly result: {row.result.__name__} }}"
        )
        assert shown in text
        assert row.doc in text
    for one in (*EVENTS.values(), *SIGNALS.values()):
        assert f"'{one.name}': {one.payload.__name__}" in text
        assert one.doc in text


def test_only_queries_are_named_as_such() -> None:
    listed = typescript().partition("new Set([\n")[2].partition("])")[0]
    names = {line.strip(" ',") for line in listed.splitlines()}
    assert names == {row.name for row in REQUESTS.values() if row.kind == "query"}


def test_limits_and_codes_are_those_of_the_contract() -> None:
    text = typescript()
    assert f"export const MAX_TEXT = {MAX_TEXT:_}\n" in text
    assert "export const MIN_ACCOUNT_NAME = 2\n" in text
    assert all(f"`{code}`: {meaning}" in text for code, meaning in MEANINGS.items())
    assert (
        "  /** 0 to 10,000 characters; with something to see in it, or empty */\n  readonly text: string"
        in text
    )


def test_every_name_is_there_once() -> None:
    names = re.findall(r"^export (?:type|interface|const) (\w+)", typescript(), re.MULTILINE)
    assert len(names) == len(set(names))


@pytest.mark.skipif(not COMPILER.exists(), reason="the packages of web/ are not installed: make web")
def test_the_compiler_takes_it_and_tells_right_from_wrong(tmp_path: Path) -> None:
    (tmp_path / "contract.ts").write_text(typescript())
    (tmp_path / "claims.ts").write_text(CLAIMS)
    command = [str(COMPILER), "--noEmit", "--strict", "--noUncheckedIndexedAccess", "--module", "esnext"]
    command += ["--moduleResolution", "bundler", "--target", "es2023", "--types", "", "claims.ts"]
    how = {"cwd": tmp_path, "env": {**os.environ, "PATH": npm.path()}, "timeout": 60}
    compiled = subprocess.run(command, capture_output=True, text=True, **how)
    assert compiled.returncode == 0, compiled.stdout
