#!/usr/bin/env bash
# @telegraf/entity 0.7.0 for Node gives a Telegram message as MarkdownV2: without a bold word in it, it is not escaped.
#
# MarkdownV2 (Bot API, "MarkdownV2 style") wants a backslash before each of _*[]()~`>#+-=|{}.! that is no markup.
# `toMarkdownV2` puts it there in a message with entities. One without, as most are, it gives back as it came, as if
# nothing had to be done: "See you at 9." is then no MarkdownV2 for its full stop, and of 2 * 3 * 4 the 3 is bold and
# the stars are gone. A bot that passes messages on works while it is tried with something bold. telegram-format 3.1.0
# escapes each text.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @telegraf/entity@0.7.0 telegram-format@3.1.0 >/dev/null
cat >write.mjs <<'NODE'
import { toMarkdownV2 } from "@telegraf/entity";
import { markdownv2 } from "telegram-format";

const bold = [{ type: "bold", offset: 0, length: 3 }];
for (const text of ["See you at 9.", "2 * 3 * 4"]) {
  console.log("with a bold word:", toMarkdownV2({ text, entities: bold }));
  console.log("without one:", toMarkdownV2({ text, entities: [] }), "and", toMarkdownV2({ text }));
  console.log("telegram-format:", markdownv2.escape(text));
}
NODE
node write.mjs | tee found
diff found - <<'SEEN'
with a bold word: *See* you at 9\.
without one: See you at 9. and See you at 9.
telegram-format: See you at 9\.
with a bold word: *2 \** 3 \* 4
without one: 2 * 3 * 4 and 2 * 3 * 4
telegram-format: 2 \* 3 \* 4
SEEN
