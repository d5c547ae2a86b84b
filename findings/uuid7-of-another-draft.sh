#!/usr/bin/env bash
# uuid7 0.1.0 for Python: its UUIDs say version 7, and by RFC 9562 they are of the year 2190.
#
# RFC 9562, 5.7, begins a UUID of version 7 with the Unix time in milliseconds. The package writes the layout of an early
# draft, with seconds and their fractions, under the same version and variant. Every reader takes that for another time:
# uuid6 2025.0.1 for Python and the standard's own rule say August 2190 for what was made in November 2023, and nobody can
# tell such an id from a valid one. Beside those of other makers, which sort by time, they come last: a page "after the
# newest id" stays empty, and an age by id is negative.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check uuid7==0.1.0 uuid6==2025.0.1
npm install --silent --no-audit --no-fund --ignore-scripts uuid@14.0.3 >/dev/null
cat >made.py <<'PYTHON'
import subprocess
from datetime import datetime, timezone

import uuid6
from uuid_extensions import uuid7

MILLISECONDS = 1_700_000_000_123
NODE = f'import {{ v7 }} from "uuid"; console.log(v7({{ msecs: {MILLISECONDS} }}));'


def told(milliseconds):
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="seconds")


node = subprocess.run(["node", "--input-type=module", "-e", NODE], capture_output=True, text=True, check=True)
made = {"uuid for Node": node.stdout.strip(), "uuid7": str(uuid7(MILLISECONDS * 1_000_000))}
print("made at", told(MILLISECONDS))
for maker, text in made.items():
    read = uuid6.UUID(text)
    print(f"{maker}: {text[:13]}…, version {read.version}; uuid6 reads {told(read.time)}")
print("in order:", ", ".join(sorted(made, key=made.get)))
PYTHON
venv/bin/python made.py | tee found
diff found - <<'SEEN'
made at 2023-11-14T22:13:20+00:00
uuid for Node: 018bcfe5-687b…, version 7; uuid6 reads 2023-11-14T22:13:20+00:00
uuid7: 06553f10-01f7…, version 7; uuid6 reads 2190-08-27T14:13:20+00:00
in order: uuid for Node, uuid7
SEEN
