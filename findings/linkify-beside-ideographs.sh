#!/usr/bin/env bash
# linkify-it 6.1.0 and its port linkify-it-py 2.2.0, which find links in chat: a link right behind a Chinese or Japanese
# letter is none, and the two do not agree where a link ends.
#
# Both want a space or punctuation before `https://`. Chinese and Japanese put no space between words, so the links in
# 见https://example.org and 見てhttps://example.org/を are not found at all. At the end the original stops at the full stop 。
# and the comma 、; the port takes both, and whatever follows, into the address. Who shows links with one and makes
# previews with the other fetches what nobody sees.
#
# Seen: the table at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check linkify-it-py==2.2.0
npm install --silent --no-audit --no-fund --ignore-scripts linkify-it@6.1.0 >/dev/null
cat >texts <<'TEXTS'
见https://example.org
見てhttps://example.org/を
看 https://example.org/a。
https://example.org/a、次
TEXTS

cat >links.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { LinkifyIt } from "linkify-it";

const linkify = new LinkifyIt();
for (const text of readFileSync("texts", "utf8").trim().split("\n"))
  console.log("original", text, "->", ...(linkify.match(text) ?? []).map(({ url }) => url));
NODE
node links.mjs >found
PYTHONIOENCODING=utf-8 venv/bin/python >>found <<'PYTHON'
from linkify_it import LinkifyIt

linkify = LinkifyIt()
for text in open("texts", encoding="utf-8").read().splitlines():
    print("port", text, "->", *(found.url for found in linkify.match(text) or []))
PYTHON

cat found
diff found - <<'SEEN'
original 见https://example.org ->
original 見てhttps://example.org/を ->
original 看 https://example.org/a。 -> https://example.org/a
original https://example.org/a、次 -> https://example.org/a
port 见https://example.org ->
port 見てhttps://example.org/を ->
port 看 https://example.org/a。 -> https://example.org/a。
port https://example.org/a、次 -> https://example.org/a、次
SEEN
