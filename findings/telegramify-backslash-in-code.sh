#!/usr/bin/env bash
# telegramify-markdown 1.3.3 and telegram-markdown-v2 0.0.4 turn Markdown into Telegram's MarkdownV2: a path of Windows
# loses its backslashes with one, and a table is no MarkdownV2 with the other.
#
# In MarkdownV2 (Bot API, "MarkdownV2 style") a backslash escapes in code as well, so one that is meant is written twice.
# The first writes it once: by these rules `C:\new\tools` says C:newtools. It also drops the boxes of tasks, so that what
# is done and what is open are one. The second doubles backslashes and keeps the boxes, but leaves | in a table and the
# stars of a rule as they are, which are reserved outside code. Both drop the language of a block of code, for which
# MarkdownV2 has a place.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts telegramify-markdown@1.3.3 telegram-markdown-v2@0.0.4 >/dev/null
cat >convert.mjs <<'NODE'
import { convert } from "telegram-markdown-v2";
import telegramify from "telegramify-markdown";

const TEXTS = [
  "run `C:\\new\\tools`",
  "- [x] tea\n- [ ] cake",
  "| tea | 3 |\n| --- | --- |\n| cake | 4 |",
  "***",
  "```py\nx = 1\n```",
];
for (const text of TEXTS) {
  console.log(JSON.stringify(text));
  console.log("  telegramify-markdown:", JSON.stringify(telegramify(text, "escape").trim()));
  console.log("  telegram-markdown-v2:", JSON.stringify(convert(text).trim()));
}
NODE
node convert.mjs | tee found
diff found - <<'SEEN'
"run `C:\\new\\tools`"
  telegramify-markdown: "run `C:\\new\\tools`"
  telegram-markdown-v2: "run `C:\\\\new\\\\tools`"
"- [x] tea\n- [ ] cake"
  telegramify-markdown: "•   tea\n•   cake"
  telegram-markdown-v2: "•   [x] tea\n•   [ ] cake"
"| tea | 3 |\n| --- | --- |\n| cake | 4 |"
  telegramify-markdown: "\\| tea  \\| 3 \\|\n\\| \\-\\-\\-\\- \\| \\- \\|\n\\| cake \\| 4 \\|"
  telegram-markdown-v2: "| tea | 3 |\n| cake | 4 |"
"***"
  telegramify-markdown: "\\-\\-\\-"
  telegram-markdown-v2: "***"
"```py\nx = 1\n```"
  telegramify-markdown: "```\nx = 1\n```"
  telegram-markdown-v2: "```\nx = 1\n```"
SEEN
