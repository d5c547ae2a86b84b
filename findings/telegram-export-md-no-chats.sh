#!/usr/bin/env bash
# telegram-export-md 0.4.1, "convert Telegram Desktop chat exports": in an export of one chat it finds none, and an export of
# all chats raises an AttributeError.
#
# Telegram Desktop writes a `result.json` of one of two shapes. That of one chat has its name and its messages at the top.
# That of an account has `chats`, an object with a remark in `about` and the chats in `list`. The package expects `chats`
# to be a list, as its own command that fetches from Telegram writes it: of the first shape it says that no chats matched,
# though nothing was to match; in the second it takes the word "about" for a chat. A list of chats under `chats` is read.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check telegram-export-md==0.4.1
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path

message = {
    "id": 1,
    "type": "message",
    "date": "2026-01-15T10:01:00",
    "date_unixtime": "1768471260",
    "from": "Ann",
    "from_id": "user1",
    "text": "hello",
    "text_entities": [{"type": "plain", "text": "hello"}],
}
chat = {"name": "Team", "type": "private_supergroup", "id": 1, "messages": [message]}
shapes = {
    "one-chat": chat,
    "account": {"about": "Here is the data.", "chats": {"about": "This page lists chats.", "list": [chat]}},
    "its-own": {"chats": [chat]},
}
for name, shape in shapes.items():
    Path(name).mkdir()
    Path(name, "result.json").write_text(json.dumps(shape))
PYTHON
for shape in one-chat account its-own; do
  status=0
  venv/bin/tg-export-md "$shape" --output "$shape-md" >log 2>&1 || status=$?
  written=$(find . -path "./$shape-md/*" -name '*.md' -exec grep -l hello {} + | wc -l || true)
  echo "$shape: status $status, $written pages with the message; $(tail -n 1 log)"
done | sed "s/ in [0-9.]*s.*//" | tee found
diff found - <<'SEEN'
one-chat: status 1, 0 pages with the message; error: no chats matched
account: status 1, 0 pages with the message; AttributeError: 'str' object has no attribute 'get'
its-own: status 0, 1 pages with the message; Done: 1 chat, 1 message
SEEN
