#!/usr/bin/env bash
# deb-version-compare 1.2.1 for Node: of two versions of a Debian package, one with a revision and one without, it says
# that they are equal when they are not, and that they are not when they are.
#
# Debian Policy, 5.6.12, compares the upstream versions and then the revisions; a revision that is missing is the same as
# 0. The package takes 1.0 and 1.0-1 for equal, so that the update is none, and 1.0-0 for newer than 1.0, though they are
# one version. Digits with a zero before them it compares as text: 1.00, which is 1.0, is older than the candidate
# 1.0~rc1. python-debian 1.1.1 has all four as dpkg has them.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-debian==1.1.1
npm install --silent --no-audit --no-fund --ignore-scripts deb-version-compare@1.2.1 >/dev/null
cat >pairs <<'PAIRS'
1.0 1.0-1
1.0 1.0-0
1.00 1.0~rc1
1.0-1 1.0-1+b1
PAIRS
cat >order.py <<'PYTHON'
from debian.debian_support import NativeVersion

SIGNS = {-1: "<", 0: "=", 1: ">"}


def sign(first, second):
    return SIGNS[(first > second) - (first < second)]


for first, second in (line.split() for line in open("pairs")):
    print("python-debian:", first, sign(NativeVersion(first), NativeVersion(second)), second)
PYTHON
venv/bin/python order.py >found
cat >order.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const loaded = require("deb-version-compare");
const compare = loaded.default ?? loaded;
const SIGNS = { "-1": "<", 0: "=", 1: ">" };
for (const line of readFileSync("pairs", "utf8").trim().split("\n")) {
  const [first, second] = line.split(" ");
  console.log("deb-version-compare:", first, SIGNS[Math.sign(compare(first, second))], second);
}
NODE
node order.cjs >>found
cat found
diff found - <<'SEEN'
python-debian: 1.0 < 1.0-1
python-debian: 1.0 = 1.0-0
python-debian: 1.00 > 1.0~rc1
python-debian: 1.0-1 < 1.0-1+b1
deb-version-compare: 1.0 = 1.0-1
deb-version-compare: 1.0 = 1.0-0
deb-version-compare: 1.00 < 1.0~rc1
deb-version-compare: 1.0-1 < 1.0-1+b1
SEEN
