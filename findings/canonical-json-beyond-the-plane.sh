#!/usr/bin/env bash
# canonicaljson 2.0.0 for Python and another-json 0.2.0 for Node, both made for Matrix: one event, two canonical forms.
#
# Matrix signs the canonical JSON of an object (appendices, "Canonical JSON"): its keys stand in the order of code points.
# Python compares texts that way. JavaScript compares UTF-16, in which what lies beyond the first plane (an emoji, rare
# ideographs) comes before the half-width and full-width forms, though its code point is larger. With one key of each, as
# a map of reactions or of names has, the two write other bytes, so a signature or a hash made with one does not hold with
# the other. Keys of one plane never show it.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check canonicaljson==2.0.0
npm install --silent --no-audit --no-fund --ignore-scripts another-json@0.2.0 >/dev/null
cat >objects.json <<'JSON'
[{"b": 1, "a": 2}, {"ａ": 1, "é": 2}, {"ａ": 1, "😀": 2}, {"ﾊｲ": 1, "𠮷": 2}]
JSON
PYTHONIOENCODING=utf-8 venv/bin/python >python.txt <<'PYTHON'
import json

from canonicaljson import encode_canonical_json

for one in json.load(open("objects.json", encoding="utf-8")):
    print(encode_canonical_json(one).decode())
PYTHON
cat >write.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const { stringify } = require("another-json");
for (const one of JSON.parse(readFileSync("objects.json", "utf8"))) console.log(stringify(one));
NODE
node write.cjs >node.txt
paste -d ' ' python.txt node.txt | tee found
diff found - <<'SEEN'
{"a":2,"b":1} {"a":2,"b":1}
{"é":2,"ａ":1} {"é":2,"ａ":1}
{"ａ":1,"😀":2} {"😀":2,"ａ":1}
{"ﾊｲ":1,"𠮷":2} {"𠮷":2,"ﾊｲ":1}
SEEN
