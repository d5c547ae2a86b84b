#!/usr/bin/env bash
# aniso8601 10.0.1, which reads ISO 8601: the end of a day is read as its beginning, 24 hours earlier.
#
# 24:00 is the midnight at which a day ends (ISO 8601:2004, 4.2.3; again since 8601-1:2019/Amd 1:2022), so that
# 2026-01-15T24:00 and 2026-01-16T00:00 are one moment. aniso8601 knows it, refuses 24:01, and then gives the midnight of
# the 15th with which the day began. An interval of a whole day has no length, one from noon to midnight runs backwards,
# and a report "until 31 December, 24:00" leaves out the last day. arrow 1.4.0 and python-dateutil 2.9.0.post0 add the day.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aniso8601==10.0.1 arrow==1.4.0 python-dateutil==2.9.0.post0
venv/bin/python - <<'PYTHON' | tee found
import aniso8601
import arrow
from dateutil.parser import isoparse

END = "2026-01-15T24:00:00Z"
for name, read in (
    ("arrow", lambda text: arrow.get(text).datetime),
    ("dateutil", isoparse),
    ("aniso8601", aniso8601.parse_datetime),
):
    print(f"{name}:", read(END).isoformat())
for start in ("2026-01-15T00:00:00Z", "2026-01-15T12:00:00Z"):
    first, last = aniso8601.parse_interval(f"{start}/{END}")
    print(f"aniso8601: {start}/{END} takes", (last - first).total_seconds() / 3600, "hours")
try:
    aniso8601.parse_datetime("2026-01-15T24:01:00Z")
except ValueError as error:
    print("aniso8601:", error)
PYTHON
diff found - <<'SEEN'
arrow: 2026-01-16T00:00:00+00:00
dateutil: 2026-01-16T00:00:00+00:00
aniso8601: 2026-01-15T00:00:00+00:00
aniso8601: 2026-01-15T00:00:00Z/2026-01-15T24:00:00Z takes 0.0 hours
aniso8601: 2026-01-15T12:00:00Z/2026-01-15T24:00:00Z takes -12.0 hours
aniso8601: Hour 24 may only represent midnight.
SEEN
