#!/usr/bin/env bash
# irc3 1.1.12: with one tag of a client, none of the tags of a message can be read.
#
# IRCv3 puts tags before a message: the server's time, the message's id, the account. What clients tell each other has a
# `+` before its name: `+draft/reply`, `+typing`. `irc3.tags.decode` knows no `+`, takes the name for an error and
# raises, so that time and id of each reply are lost with it. It also keeps a lone backslash at the end of a value,
# which the specification drops, as it does one before any other letter, and gives None or "" for a tag without a value
# by whether there is a `=`; to the specification both are one. irctokens 2.0.2 reads all of it.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check irc3==1.1.12 irctokens==2.0.2
cat >tags.py <<'PYTHON'
import irctokens
from irc3.tags import decode

TAGS = (
    "time=2026-01-15T10:00:00.000Z;msgid=m2",
    "time=2026-01-15T10:00:00.000Z;msgid=m2;+draft/reply=m1",
    "label=cut\\",
    "label=a\\bc",
    "bot;account=",
)
for tags in TAGS:
    try:
        read = decode(tags)
    except ValueError as error:
        read = f"ValueError: {error}"
    print("irc3:", read)
    print("irctokens:", irctokens.tokenise(f"@{tags} :ann!a@example.org PRIVMSG #c :hi").tags)
PYTHON
venv/bin/python tags.py | tee found
diff found - <<'SEEN'
irc3: {'time': '2026-01-15T10:00:00.000Z', 'msgid': 'm2'}
irctokens: {'time': '2026-01-15T10:00:00.000Z', 'msgid': 'm2'}
irc3: ValueError: invalid tag key: +draft/reply
irctokens: {'time': '2026-01-15T10:00:00.000Z', 'msgid': 'm2', '+draft/reply': 'm1'}
irc3: {'label': 'cut\\'}
irctokens: {'label': 'cut'}
irc3: {'label': 'a\\bc'}
irctokens: {'label': 'abc'}
irc3: {'bot': None, 'account': ''}
irctokens: {'bot': '', 'account': ''}
SEEN
