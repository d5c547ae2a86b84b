#!/usr/bin/env bash
# emoji 2.16.0 for Python, node-emoji 2.2.0 and markdown-it-emoji 3.1.0 put emoji into addresses, times and C++: whatever
# stands between two colons is enough.
#
# :ab:, :a:, :100: and :on: are names of emoji, as :tada: is. All three look for colons, and not at what is before and
# behind them. So a MAC address with the byte ab, an IPv6 address with the group a, and std::on::exit are other texts once
# they were posted, and who copies the address out of the chat has none. Rocket.Chat's message parser 0.31.35 takes a name
# only where no letter or digit is beside its colons, and leaves all of them alone.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check emoji==2.16.0
npm install --silent --no-audit --no-fund --ignore-scripts \
  node-emoji@2.2.0 markdown-it@15.0.3 markdown-it-emoji@3.1.0 @rocket.chat/message-parser@0.31.35 >/dev/null
cat >texts <<'TEXTS'
well done :tada:
00:ab:1a:3c:5e:ff
fe80::a:0:1
10:100:20
std::on::exit
TEXTS
PYTHONIOENCODING=utf-8 venv/bin/python >found <<'PYTHON'
import emoji

for line in open("texts", encoding="utf-8").read().splitlines():
    print("emoji:", emoji.emojize(line, language="alias"))
PYTHON
cat >show.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { parse } from "@rocket.chat/message-parser";
import MarkdownIt from "markdown-it";
import { full } from "markdown-it-emoji";
import { emojify } from "node-emoji";

const markdown = new MarkdownIt().use(full);
const show = {
  "node-emoji": emojify,
  "markdown-it-emoji": (line) => markdown.renderInline(line),
  "Rocket.Chat": (line) =>
    parse(line)[0].value.map((part) => (part.type === "EMOJI" ? `<${part.shortCode}>` : part.value)).join(""),
};
const lines = readFileSync("texts", "utf8").trim().split("\n");
for (const [name, shown] of Object.entries(show)) for (const line of lines) console.log(`${name}:`, shown(line));
NODE
node show.mjs >>found
cat found
diff found - <<'SEEN'
emoji: well done 🎉
emoji: 00🆎1a:3c:5e:ff
emoji: fe80:🅰️0:1
emoji: 10💯20
emoji: std:🔛:exit
node-emoji: well done 🎉
node-emoji: 00🆎1a:3c:5e:ff
node-emoji: fe80:🅰️0:1
node-emoji: 10💯20
node-emoji: std:🔛:exit
markdown-it-emoji: well done 🎉
markdown-it-emoji: 00🆎1a:3c:5e:ff
markdown-it-emoji: fe80:🅰️0:1
markdown-it-emoji: 10💯20
markdown-it-emoji: std:🔛:exit
Rocket.Chat: well done <tada>
Rocket.Chat: 00:ab:1a:3c:5e:ff
Rocket.Chat: fe80::a:0:1
Rocket.Chat: 10:100:20
Rocket.Chat: std::on::exit
SEEN
