#!/usr/bin/env bash
# tg-parser 1.2.0 reads exports of Telegram Desktop: links lose their addresses, and polls, places and contacts are messages
# without a word.
#
# An export in JSON keeps the text of a message in parts: a `text_link` has what is shown and, as `href`, where it leads.
# tg-parser joins what is shown, so that "see the menu" is left of a link, in each of its formats. A message that is a poll
# (its question stands in `poll`), a place or a contact has no text in the export; tg-parser looks at the text, photo and
# file alone, gives an empty message, and counts it among those that it parsed. A spoiler is told in plain words.
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

LINK = {"type": "text_link", "text": "the menu", "href": "https://example.org/menu"}
SAYS = (
    {"text_entities": [{"type": "plain", "text": "see "}, LINK]},
    {"text_entities": [{"type": "plain", "text": "see "}, {"type": "link", "text": "https://example.org/menu"}]},
    {"text_entities": [{"type": "spoiler", "text": "the butler"}]},
    {"poll": {"question": "When?", "closed": False, "total_voters": 0, "answers": []}},
    {"location_information": {"latitude": 1.5, "longitude": 2.5}},
    {"contact_information": {"first_name": "Cid", "last_name": "", "phone_number": "+4930123456"}},
)
messages = []
for number, says in enumerate(SAYS, 1):
    parts = says.get("text_entities", [])
    messages.append(
        {
            "id": number,
            "type": "message",
            "date": f"2026-01-15T10:0{number}:00",
            "date_unixtime": str(1768471200 + 60 * number),
            "from": "Ann",
            "from_id": "user1",
            "text": [part["text"] if part["type"] == "plain" else part for part in parts] or "",
            "text_entities": parts,
            **says,
        }
    )
with open("result.json", "w") as file:
    json.dump({"name": "Team", "type": "private_supergroup", "id": 1, "messages": messages}, file)
PYTHON
venv/bin/python write.py
venv/bin/tg-parser parse result.json --format json --output parsed >log 2>&1 || {
  cat log
  exit 2
}
venv/bin/python - <<'PYTHON' | tee found
import json
from pathlib import Path

[written] = Path("parsed").glob("*.json")
parsed = json.loads(written.read_text())
print(parsed["meta"]["message_count"], "messages")
for message in parsed["messages"]:
    print({name: message[name] for name in ("message_type", "text", "attachments")})
PYTHON
diff found - <<'SEEN'
6 messages
{'message_type': 'text', 'text': 'see the menu', 'attachments': []}
{'message_type': 'text', 'text': 'see https://example.org/menu', 'attachments': []}
{'message_type': 'text', 'text': 'the butler', 'attachments': []}
{'message_type': 'text', 'text': '', 'attachments': []}
{'message_type': 'text', 'text': '', 'attachments': []}
{'message_type': 'text', 'text': '', 'attachments': []}
SEEN
