#!/usr/bin/env bash
# @rocket.chat/message-parser 0.31.35, which reads what is written in Rocket.Chat: a phone number is dialled without its
# plus, and links and mentions end in the wrong place.
#
# The plus makes a number a global one (RFC 3966, 5.1.4); the same digits without it are local, and reach somebody else or
# nobody. +4930123456 in a text becomes a link that shows the plus and does not dial it; in a link with a text of its own
# it stays. An address with parentheses (RFC 3986, 3.3, allows them, and encyclopedias have them) loses the last one,
# unless it is in such a link, and an address between parentheses is no link at all. "@ann, please" mentions ann, and
# "please ask @ann." mentions "ann.", with the full stop.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @rocket.chat/message-parser@0.31.35 >/dev/null
cat >read.mjs <<'NODE'
import { parse } from "@rocket.chat/message-parser";

const TEXTS = [
  "+4930123456",
  "[call](tel:+4930123456)",
  "https://example.org/Rust_(language)",
  "[Rust](https://example.org/Rust_(language))",
  "(https://example.org/Rust)",
  "ask @ann, please",
  "please ask @ann.",
];
for (const text of TEXTS) {
  const found = parse(text)[0].value.flatMap(({ type, value }) => {
    if (type === "LINK") return [`link to ${value.src.value}`];
    return type === "MENTION_USER" ? [`mention of "${value.value}"`] : [];
  });
  console.log(`${text}: ${found.join(", ") || "nothing"}`);
}
NODE
node read.mjs | tee found
diff found - <<'SEEN'
+4930123456: link to tel:4930123456
[call](tel:+4930123456): link to tel:+4930123456
https://example.org/Rust_(language): link to https://example.org/Rust_(language
[Rust](https://example.org/Rust_(language)): link to https://example.org/Rust_(language)
(https://example.org/Rust): nothing
ask @ann, please: mention of "ann"
please ask @ann.: mention of "ann."
SEEN
