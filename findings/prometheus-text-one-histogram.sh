#!/usr/bin/env bash
# parse-prometheus-text-format 1.1.1 for Node: of a histogram with labels it gives the last one, without sum and count.
#
# A histogram has as many series of buckets as its labels have values: one for each route or request, say. The parser
# puts the buckets of all of them into one object, by their bound alone, so that each series writes over the one before,
# and the labels, the sums and the counts are gone. What is left looks like a whole histogram: 4 requests where there
# were 104. Without labels, as on its page, sum and count are there. Counters and gauges keep their labels.
# prometheus_client 0.26.0 for Python, which reads the same text, gives all series.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check prometheus_client==0.26.0
npm install --silent --no-audit --no-fund --ignore-scripts parse-prometheus-text-format@1.1.1 >/dev/null
cat >metrics.txt <<'METRICS'
# TYPE chat_seconds histogram
chat_seconds_bucket{request="post",le="0.1"} 90
chat_seconds_bucket{request="post",le="+Inf"} 100
chat_seconds_sum{request="post"} 7.5
chat_seconds_count{request="post"} 100
chat_seconds_bucket{request="search",le="0.1"} 1
chat_seconds_bucket{request="search",le="+Inf"} 4
chat_seconds_sum{request="search"} 3
chat_seconds_count{request="search"} 4
METRICS
node >found <<'NODE'
const { readFileSync } = require("node:fs");
const parse = require("parse-prometheus-text-format");
const text = readFileSync("metrics.txt", "utf8");
const plain = text.replaceAll(/\{request="post"\}|request="post",/g, "").replaceAll(/.*search.*\n/g, "");
console.log("Node, without labels:", JSON.stringify(parse(plain)[0].metrics));
console.log("Node, with labels:", JSON.stringify(parse(text)[0].metrics));
NODE
venv/bin/python >>found <<'PYTHON'
from prometheus_client.parser import text_string_to_metric_families

with open("metrics.txt", encoding="utf-8") as file:
    [family] = text_string_to_metric_families(file.read())
counts = {one.labels["request"]: int(one.value) for one in family.samples if one.name.endswith("_count")}
print(f"Python: {len(family.samples)} samples, counts {counts}")
PYTHON
cat found
diff found - <<'SEEN'
Node, without labels: [{"buckets":{"0.1":"90","+Inf":"100"},"count":"100","sum":"7.5"}]
Node, with labels: [{"buckets":{"0.1":"1","+Inf":"4"}}]
Python: 8 samples, counts {'post': 100, 'search': 4}
SEEN
