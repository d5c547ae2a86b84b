#!/usr/bin/env bash
# meteor-ejson 1.1.0: a time that was read is written back up to a second earlier, and one with an offset as another time.
#
# EJSON, in which Rocket.Chat's real-time interface and other Meteor programs speak, has a time as {"$date": N}, with
# milliseconds since 1970 in UTC. The package reads that so. When it writes, a datetime is taken for a date, of which it
# is a kind in Python, so the way that is meant for times is never gone: the milliseconds are dropped, and the wall clock is
# written as if it were UTC. Ten o'clock at +05:00 comes out five hours late. Whoever asks for what came after the newest
# message gets that message again, since its own time is behind the one that is sent.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check meteor-ejson==1.1.0 six==1.17.0
cat >times.py <<'PYTHON'
from datetime import datetime, timedelta, timezone

import ejson

WIRE = '{"$date": 1614592800123}'
read = ejson.loads(WIRE)
print(f"{WIRE} is read as {read.isoformat(timespec='milliseconds')}")
print(f"and written as {ejson.dumps(read)}")
there = read.replace(microsecond=0).astimezone(timezone(timedelta(hours=5)))
assert there.timestamp() == 1614592800
written = ejson.loads(ejson.dumps(there))
print(f"{there.isoformat()} is written as {ejson.dumps(there)}, {written - there} later")
PYTHON
venv/bin/python times.py | tee seen
diff seen - <<'SEEN'
{"$date": 1614592800123} is read as 2021-03-01T10:00:00.123+00:00
and written as {"$date": 1614592800000}
2021-03-01T15:00:00+05:00 is written as {"$date": 1614610800000}, 5:00:00 later
SEEN
