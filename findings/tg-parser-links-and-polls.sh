#!/usr/bin/env bash
# tg-parser 1.2.0 makes Markdown of Telegram's exports: a link loses its address, code is none, and a poll, a place or a
# contact is a heading with nothing below it.
#
# An export of Telegram Desktop keeps the text of a message in parts (`text_entities`): a `text_link` has what is shown and,
# as `href`, where it leads; `pre` and `code` are code. tg-parser joins what is shown and writes it as Markdown, which has
# words for all three: "see the menu" leads nowhere, and of "2 * 3 * 4" in code a reader of Markdown makes 2 3 4. A message
# without a text, whose words stand in `poll`, `location_information` or `contact_information`, is counted and empty. Its
# JSON and CSV say as little.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check typer==0.29.2 rich==15.0.0
# Alone: of what it asks for besides, to serve models, nothing is loaded here.
venv/bin/pip install --quiet --disable-pip-version-check --no-deps tg-parser==1.2.0
cat >write.py <<'PYTHON'
import json

SAYS = (
    {"text_entities": [{"type": "text_link", "text": "the menu", "href": "https://example.org/menu"}]},
    {"text_entities": [{"type": "pre", "text": "2 * 3 * 4\n# is 24", "language": "python"}]},
    {"poll": {"question": "When?", "closed": False, "total_voters": 0, "answers": []}},
    {"location_information": {"latitude": 1.5, "longitude": 2.5}},
    {"contact_information": {"first_name": "Cid", "last_name": "", "phone_number": "+4930123456"}},
)
messages = [
    {
        "id": number,
        "type": "message",
        "date": f"2026-01-15T10:0{number}:00",
        "date_unixtime": str(1768471200 + 60 * number),
        "from": "Ann",
        "from_id": "user1",
        "text": says.get("text_entities", ""),
        "text_entities": [],
        **says,
    }
    for number, says in enumerate(SAYS, 1)
]
with open("result.json", "w") as file:
    json.dump({"name": "Team", "type": "private_supergroup", "id": 1, "messages": messages}, file)
PYTHON
venv/bin/python write.py
venv/bin/tg-parser parse result.json --format markdown --output parsed >log 2>&1 || {
  cat log
  exit 2
}
sed '1,/^---$/d; /^$/d' parsed/*.md | tee found
diff found - <<'SEEN'
## 2026-01-15
### 10:01 — Ann
the menu
### 10:02 — Ann
2 * 3 * 4
# is 24
### 10:03 — Ann
### 10:04 — Ann
### 10:05 — Ann
SEEN
