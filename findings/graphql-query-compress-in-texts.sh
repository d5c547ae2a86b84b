#!/usr/bin/env bash
# graphql-query-compress 1.2.4 for Node, which takes blanks and comments out of a query: it takes them out of texts as well.
#
# In GraphQL (specification, 2.9.4) a string ends at a quotation mark that is not escaped. The last one of `"C:\\"` is not:
# of the two backslashes before it the first escapes the second. A block string ends at three marks, and single ones
# within it are text. The package takes every `\"` for an escaped mark, and every mark in a block string for an end. Behind
# such a place it has texts and queries the wrong way round, and makes "yes,no" of "yes , no". What comes out is a query
# that any server takes: the message is posted, with another text.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts graphql-query-compress@1.2.4 graphql@16.11.0 >/dev/null
cat >texts.cjs <<'NODE'
const { parse, visit } = require("graphql");
const compress = require("graphql-query-compress");

const QUERIES = [
  String.raw`mutation { post(room: "a b", text: "yes , no") { seq } }`,
  String.raw`mutation { post(room: "C:\\", text: "yes , no") { seq } }`,
  String.raw`mutation { post(room: "a", text: "see [ this ]  or that\\") { seq } edit(text: "x { y }") { seq } }`,
  String.raw`mutation { post(text: """yes , no""") { seq } }`,
  String.raw`mutation { post(text: """she said "yes , no", and "  " again""") { seq } }`,
];

function texts(query) {
  const found = [];
  visit(parse(query), { StringValue: ({ value }) => void found.push(value) });
  return JSON.stringify(found);
}

for (const query of QUERIES) {
  const [before, after] = [texts(query), texts(compress(query))];
  console.log(before, before === after ? "stay" : `become ${after}`);
}
NODE
node texts.cjs | tee found
diff found - <<'SEEN'
["a b","yes , no"] stay
["C:\\","yes , no"] become ["C:\\","yes,no"]
["a","see [ this ]  or that\\","x { y }"] become ["a","see [ this ]  or that\\","x{y}"]
["yes , no"] stay
["she said \"yes , no\", and \"  \" again"] become ["she said \"yes,no\", and \" \" again"]
SEEN
