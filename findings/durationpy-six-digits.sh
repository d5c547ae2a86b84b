#!/usr/bin/env bash
# durationpy 0.11, which writes durations as Go does: from a second on, microseconds are rounded away, and a few of them
# become a text that nobody reads.
#
# Go's servers (NATS, Prometheus, Kubernetes) take durations such as 59.123456s in their settings and give them out in their
# answers. `from_str` reads them exactly. `to_str` writes the seconds with six digits in all, those before the point
# included: 59.123456s becomes 59.1235s, and 10.000001s becomes 10s. Five microseconds behind a minute are written with an
# exponent, 1m5e-06s, which neither Go nor `from_str` takes. Below a second nothing is lost.
#
# Seen: the table at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check durationpy==0.11
cat >there_and_back.py <<'PYTHON'
from datetime import timedelta

from durationpy import DurationError, from_str, to_str

MICROSECOND = timedelta(microseconds=1)
for text in ("123.456ms", "1.234567s", "10.000001s", "59.123456s", "1m0.000005s", "1h0m59.123456s"):
    read = from_str(text)
    written = to_str(read)
    try:
        away = f"{(from_str(written) - read) / MICROSECOND:+.0f} us"
    except DurationError:
        away = "cannot be read"
    print(f"{text}: read as {read}, written as {written}, {away}")
PYTHON
venv/bin/python there_and_back.py | tee found
diff found - <<'SEEN'
123.456ms: read as 0:00:00.123456, written as 123ms456us, +0 us
1.234567s: read as 0:00:01.234567, written as 1.23457s, +3 us
10.000001s: read as 0:00:10.000001, written as 10s, -1 us
59.123456s: read as 0:00:59.123456, written as 59.1235s, +44 us
1m0.000005s: read as 0:01:00.000005, written as 1m5e-06s, cannot be read
1h0m59.123456s: read as 1:00:59.123456, written as 1h59.1235s, +44 us
SEEN
