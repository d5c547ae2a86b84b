#!/usr/bin/env bash
# packageurl-python 0.17.6 and packageurl-js 2.0.1: one package gets two canonical names.
#
# Bills of materials and lists of vulnerabilities meet by package URL. So that names can be compared as text, the format
# (ECMA-427) has one canonical form. The two libraries agree on most of it, and not on what is escaped: a `+` in a
# version, as each local version of Python has (2.0+cpu), is %2B with one and itself with the other; `:` and `/` in the
# value of a qualifier, as each `download_url`, `vcs_url` and `checksum` has, are themselves with one and %3A and %2F
# with the other. Each reads the other's as the same package. So who joins two lists by text misses these packages and
# no others.
#
# Seen: the table at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check packageurl-python==0.17.6
npm install --silent --no-audit --no-fund --ignore-scripts packageurl-js@2.0.1 >/dev/null
cat >write.mjs <<'NODE'
import { readFileSync } from "node:fs";
import purl from "packageurl-js";
for (const line of readFileSync(0, "utf8").trim().split("\n")) console.log(purl.PackageURL.fromString(line).toString());
NODE
cat >write.py <<'PYTHON'
import sys

from packageurl import PackageURL

for line in sys.stdin:
    print(PackageURL.from_string(line.strip()).to_string())
PYTHON
cat >names <<'NAMES'
pkg:pypi/chat.client@1.0
pkg:pypi/tensors@2.0+cpu
pkg:generic/chat@1?checksum=sha256:ab
pkg:generic/chat@1?download_url=https://a.example/a.tar
NAMES
venv/bin/python write.py <names >python
node write.mjs <names >node
venv/bin/python write.py <node >python-again
node write.mjs <python >node-again
cmp python python-again
cmp node node-again
paste -d ' ' python node | tee found
diff found - <<'SEEN'
pkg:pypi/chat.client@1.0 pkg:pypi/chat.client@1.0
pkg:pypi/tensors@2.0%2Bcpu pkg:pypi/tensors@2.0+cpu
pkg:generic/chat@1?checksum=sha256:ab pkg:generic/chat@1?checksum=sha256%3Aab
pkg:generic/chat@1?download_url=https://a.example/a.tar pkg:generic/chat@1?download_url=https%3A%2F%2Fa.example%2Fa.tar
SEEN
