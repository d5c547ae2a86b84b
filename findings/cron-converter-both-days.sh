#!/usr/bin/env bash
# cron-converter 2.0.2 for Python: "on the 1st, the 15th and on Sundays" becomes "when the 1st or the 15th is a Sunday".
#
# In crontab(5), as in POSIX (crontab, "Extended description"), a schedule that names days of the month and days of the
# week runs on either. cron-converter wants both at once: a backup on the 1st, the 15th and each Sunday is not made from
# the middle of March to November in a year in which no Sunday between is one of them, and nothing is said of it.
# croniter 7.0.0 for Python and cron-parser 5.10.6 and croner 11.0.1 for Node take either. With one of the two fields
# alone all agree.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cron-converter==2.0.2 croniter==7.0.0
npm install --silent --no-audit --no-fund --ignore-scripts cron-parser@5.10.6 croner@11.0.1 >/dev/null
cat >schedules <<'SCHEDULES'
0 3 1,15 * *
0 3 * * 0
0 3 1,15 * 0
SCHEDULES
venv/bin/python >found <<'PYTHON'
from datetime import datetime, timezone

from cron_converter import Cron
from croniter import croniter

START = datetime(2026, 3, 16, 12, tzinfo=timezone.utc)
for schedule in open("schedules").read().splitlines():
    for name, following in (
        ("cron-converter", Cron(schedule).schedule(START).next),
        ("croniter", lambda dates=croniter(schedule, START): dates.get_next(datetime)),
    ):
        print(f"{schedule}, {name}:", *(f"{following():%m-%d}" for _ in range(4)))
PYTHON
cat >next.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";

const START = new Date("2026-03-16T12:00:00Z");
for (const schedule of readFileSync("schedules", "utf8").trim().split("\n")) {
  const dates = CronExpressionParser.parse(schedule, { currentDate: START, tz: "UTC" });
  const found = {
    "cron-parser": Array.from({ length: 4 }, () => dates.next().toDate()),
    croner: new Cron(schedule, { timezone: "UTC" }).nextRuns(4, START),
  };
  for (const [name, days] of Object.entries(found))
    console.log(`${schedule}, ${name}:`, ...days.map((day) => day.toISOString().slice(5, 10)));
}
NODE
node next.mjs >>found
cat found
diff found - <<'SEEN'
0 3 1,15 * *, cron-converter: 04-01 04-15 05-01 05-15
0 3 1,15 * *, croniter: 04-01 04-15 05-01 05-15
0 3 * * 0, cron-converter: 03-22 03-29 04-05 04-12
0 3 * * 0, croniter: 03-22 03-29 04-05 04-12
0 3 1,15 * 0, cron-converter: 11-01 11-15 08-01 08-15
0 3 1,15 * 0, croniter: 03-22 03-29 04-01 04-05
0 3 1,15 * *, cron-parser: 04-01 04-15 05-01 05-15
0 3 1,15 * *, croner: 04-01 04-15 05-01 05-15
0 3 * * 0, cron-parser: 03-22 03-29 04-05 04-12
0 3 * * 0, croner: 03-22 03-29 04-05 04-12
0 3 1,15 * 0, cron-parser: 03-22 03-29 04-01 04-05
0 3 1,15 * 0, croner: 03-22 03-29 04-01 04-05
SEEN
