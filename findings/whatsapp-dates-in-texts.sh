#!/usr/bin/env bash
# whatstk 0.9.1 and chat-miner 0.6.0 read WhatsApp's exports: a date in a text makes one of them find a message that nobody
# wrote, and the other none at all.
#
# An export has a head before each message, at the beginning of a line. whatstk looks for heads anywhere: a head that
# somebody quoted behind other words ends their message and begins one by the quoted person, at the quoted time, who may
# never have been in the chat. chat-miner looks at the beginning of lines, but a date and a time are enough for it: a
# text whose second line begins like that, a line of a log, say, is a ValueError, and nothing of the chat is given.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check whatstk==0.9.1 chat-miner==0.6.0
cat >quoted.txt <<'CHAT'
13/01/2024, 10:00 - Ann: who said this?
13/01/2024, 10:01 - Ben: I found: 02/01/2024, 09:00 - Cem: no
14/01/2024, 10:02 - Ann: thanks
CHAT
cat >dated.txt <<'CHAT'
13/01/2024, 10:00 - Ann: when?
13/01/2024, 10:01 - Ben: we could meet on
20/01/2024 10:00 or later
14/01/2024, 10:02 - Ann: thanks
CHAT
cat >parsers.py <<'PYTHON'
from chatminer.chatparsers import WhatsAppParser
from whatstk import WhatsAppChat


def whatstk(path):
    return [(row.username, row.message) for row in WhatsAppChat.from_source(path).df.itertuples()]


def chat_miner(path):
    parser = WhatsAppParser(path)
    parser.parse_file()
    rows = parser.parsed_messages.get_df().sort("timestamp").to_dicts()
    return [(row["author"], row["message"]) for row in rows]


for read in (whatstk, chat_miner):
    for path in ("quoted.txt", "dated.txt"):
        try:
            found = read(path)
        except ValueError as error:
            found = f"{type(error).__name__}: {error}"
        print(f"{read.__name__}, {path}: {found}")
PYTHON
venv/bin/python parsers.py 2>log | tee found
diff found - <<'SEEN'
whatstk, quoted.txt: [('Ann', 'who said this?'), ('Ben', 'I found:'), ('Cem', 'no'), ('Ann', 'thanks')]
whatstk, dated.txt: [('Ann', 'when?'), ('Ben', 'we could meet on\n20/01/2024 10:00 or later'), ('Ann', 'thanks')]
chat_miner, quoted.txt: [('Ann', 'who said this?'), ('Ben', 'I found: 02/01/2024, 09:00 - Cem: no'), ('Ann', 'thanks')]
chat_miner, dated.txt: ValueError: not enough values to unpack (expected 2, got 1)
SEEN
