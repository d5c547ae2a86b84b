#!/usr/bin/env bash
# msgspec 0.22.0 beside @asyncapi/parser 3.6.6: a tuple changes its meaning on the way, and nobody says so.
#
# msgspec describes `tuple[int, int]` in the words of JSON Schema 2020-12: `prefixItems`, and `items: false`.
# A payload in an AsyncAPI document without a `schemaFormat` is in AsyncAPI's own dialect, a superset of draft 7.
# There `prefixItems` is no keyword and `items: false` means "no items at all", so that the payload [1, 2], which
# the type allows, is refused. The parser, which checks payload schemas, reports no diagnostic.
#
# Seen: "diagnostics 0", "draft 2020-12 accepts [1, 2]", "draft 7 refuses [1, 2]".
# Needs python3 with venv, node and npm. Ends with status 1 when any of that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgspec==0.22.0 jsonschema==4.26.0
npm install --silent --no-audit --no-fund --ignore-scripts @asyncapi/parser@3.6.6 >/dev/null

venv/bin/python >found <<'PYTHON'
import json

import msgspec
from jsonschema import Draft7Validator, Draft202012Validator

schema = msgspec.json.schema(tuple[int, int])
for name, validator in (("2020-12", Draft202012Validator), ("7", Draft7Validator)):
    print(f"draft {name}", "accepts" if validator(schema).is_valid([1, 2]) else "refuses", "[1, 2]")
document = {
    "asyncapi": "3.1.0",
    "info": {"title": "tuples", "version": "1"},
    "channels": {"c": {"address": "c", "messages": {"m": {"payload": schema}}}},
    "operations": {"o": {"action": "send", "channel": {"$ref": "#/channels/c"}}},
}
with open("document.json", "w") as file:
    json.dump(document, file)
PYTHON

node >>found <<'NODE'
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");
new Parser().parse(readFileSync("document.json", "utf8")).then(({ diagnostics }) => {
  const about = diagnostics.filter(({ path }) => path.includes("payload"));
  console.log(`diagnostics ${about.length}`);
});
NODE

cat found
diff found - <<'SEEN'
draft 2020-12 accepts [1, 2]
draft 7 refuses [1, 2]
diagnostics 0
SEEN
