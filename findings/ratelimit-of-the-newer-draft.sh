#!/usr/bin/env bash
# ratelimit-header-parser 0.1.0 for Node and ratelimit-headers 0.1.0 for Python: of the RateLimit header of today's drafts
# one makes NaN, and the other nothing.
#
# Since draft-ietf-httpapi-ratelimit-headers-08 (October 2024) the header is a list of structured fields,
# `"query";r=50;t=30`: 50 requests are left for 30 seconds. Before it was `limit=100, remaining=50, reset=30`. The first
# reads the older one; of the newer it gives NaN and an invalid date, neither of which is less than 1, so that a client
# that waits when `remaining < 1` never waits. The second says that it found the format of the IETF, and all of its fields
# are None. retryheader 1.0.0 for Python reads both headers.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ratelimit-headers==0.1.0 retryheader==1.0.0
npm install --silent --no-audit --no-fund --ignore-scripts ratelimit-header-parser@0.1.0 >/dev/null
cat >read.cjs <<'NODE'
const { parseRateLimit } = require("ratelimit-header-parser");
for (const value of ["limit=100, remaining=0, reset=30", '"query";r=0;t=30']) {
  const { limit, remaining, reset } = parseRateLimit(new Headers({ RateLimit: value }));
  const waits = remaining < 1 ? "waits" : "does not wait";
  const until = Number.isNaN(+reset) ? String(reset) : "a date";
  console.log(`Node, ${value}: limit ${limit}, remaining ${remaining}, reset ${until}; ${waits}`);
}
NODE
node read.cjs >found
venv/bin/python >>found <<'PYTHON'
import ratelimit_headers
import retryheader

HEADERS = {"RateLimit-Policy": '"query";q=100;w=60', "RateLimit": '"query";r=0;t=30'}
read = ratelimit_headers.parse(response_headers=HEADERS)
print(f"ratelimit-headers: {read.source}, limit {read.limit}, remaining {read.remaining}, reset {read.reset}")
[policy] = retryheader.parse_ratelimit_policy(HEADERS["RateLimit-Policy"])
[limit] = retryheader.parse_ratelimit(HEADERS["RateLimit"])
print(f"retryheader: limit {policy.quota}, remaining {limit.remaining}, reset {limit.window}")
PYTHON
cat found
diff found - <<'SEEN'
Node, limit=100, remaining=0, reset=30: limit 100, remaining 0, reset a date; waits
Node, "query";r=0;t=30: limit NaN, remaining NaN, reset Invalid Date; does not wait
ratelimit-headers: ietf, limit None, remaining None, reset None
retryheader: limit 100, remaining 0, reset 30
SEEN
