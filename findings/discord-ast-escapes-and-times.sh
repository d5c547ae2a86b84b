#!/usr/bin/env bash
# discord-markdown-ast-parser 1.0.6 for Python: what was escaped in Discord is not, names lose their underscores, and a
# time becomes an emoji.
#
# In Discord a backslash before a star makes it text, _ is italic at the edges of words only, bold may stand in italic,
# and <t:1700000000:R> is a time (its reference, "Message Formatting"). The package makes trees of "how the message should
# be rendered": it keeps the backslash and takes the star for the beginning of italic, takes the underscores out of the
# names of files, makes italic of bold, and finds in a time an emoji called 1700000000. discord-markdown-parser 1.3.1
# for Node has them as Discord shows them.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check discord-markdown-ast-parser==1.0.6
npm install --silent --no-audit --no-fund --ignore-scripts discord-markdown-parser@1.3.1 >/dev/null
cat >texts.json <<'JSON'
["2 \\* 3 \\* 4", "the file old_log_name", "at <t:1700000000:R>", "*a **b** c*", "hello <@80351110224678912>"]
JSON
cat >read.py <<'PYTHON'
import json

from discord_markdown_ast_parser import parse_to_dict


def shown(node):
    if "children" in node:
        return f"{node['node_type']}({''.join(map(shown, node['children']))})"
    kind, value = node.values()
    return value if kind == "TEXT" else f"{kind}({value})"


for text in json.load(open("texts.json")):
    print("discord-markdown-ast-parser:", text, "=", "".join(map(shown, parse_to_dict(text))))
PYTHON
venv/bin/python read.py >found
cat >read.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const { parse } = require("discord-markdown-parser");

function shown({ type, content, timestamp, id }) {
  if (type === "text") return content;
  return Array.isArray(content) ? `${type}(${content.map(shown).join("")})` : `${type}(${timestamp ?? id})`;
}
for (const text of JSON.parse(readFileSync("texts.json", "utf8")))
  console.log(`discord-markdown-parser: ${text} = ${parse(text).map(shown).join("")}`);
NODE
node read.cjs >>found
cat found
diff found - <<'SEEN'
discord-markdown-ast-parser: 2 \* 3 \* 4 = 2 \ITALIC( 3 \) 4
discord-markdown-ast-parser: the file old_log_name = the file oldITALIC(log)name
discord-markdown-ast-parser: at <t:1700000000:R> = at <tEMOJI_UNICODE_ENCODED(1700000000)R>
discord-markdown-ast-parser: *a **b** c* = ITALIC(a )ITALIC(b)ITALIC( c)
discord-markdown-ast-parser: hello <@80351110224678912> = hello USER(80351110224678912)
discord-markdown-parser: 2 \* 3 \* 4 = 2 * 3 * 4
discord-markdown-parser: the file old_log_name = the file old_log_name
discord-markdown-parser: at <t:1700000000:R> = at timestamp(1700000000)
discord-markdown-parser: *a **b** c* = em(a strong(b) c)
discord-markdown-parser: hello <@80351110224678912> = hello user(80351110224678912)
SEEN
