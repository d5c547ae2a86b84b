#!/usr/bin/env bash
# standardwebhooks 1.1.0 for Python: of a time with an offset, `sign` takes the clock's hands and drops the offset.
#
# Standard Webhooks signs the Unix time of an attempt. `sign` takes a datetime and sets its zone to UTC without
# converting: 11:00+01:00 and 10:00Z are the same moment, equal in Python, and get two signatures. Who passes
# `datetime.now(zone)` and sends its `timestamp()` in the header, as the format has it, is refused by every verifier,
# the package's own among them: "No matching signature found", as if the secret was wrong. On a machine whose zone is
# UTC nothing shows. The package of the same name for Node, 1.1.1, takes a Date, and signs both alike.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0
npm install --silent --no-audit --no-fund --ignore-scripts standardwebhooks@1.1.1 >/dev/null
cat >sign.py <<'PYTHON'
from datetime import datetime, timedelta, timezone

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
written = ("2026-01-15T10:00:00+00:00", "2026-01-15T11:00:00+01:00")
first, second = (datetime.fromisoformat(text) for text in written)
same = webhook.sign("m", first, "{}") == webhook.sign("m", second, "{}")
print("Python: one moment", first == second, "one signature", same)

for hours in (0, 1):
    now = datetime.now(timezone(timedelta(hours=hours)))
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign("m", now, "{}"),
    }
    try:
        said = f"taken, {webhook.verify('{}', headers)}"
    except WebhookVerificationError as error:
        said = f"refused: {error}"
    print(f"Python: signed at +0{hours}:00, {said}")
PYTHON
venv/bin/python sign.py >found
node >>found <<'NODE'
const { Webhook } = require("standardwebhooks");
const webhook = new Webhook("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
const [first, second] = ["2026-01-15T10:00:00+00:00", "2026-01-15T11:00:00+01:00"].map((text) => new Date(text));
console.log("Node: one signature", webhook.sign("m", first, "{}") === webhook.sign("m", second, "{}"));
NODE
cat found
diff found - <<'SEEN'
Python: one moment True one signature False
Python: signed at +00:00, taken, {}
Python: signed at +01:00, refused: No matching signature found
Node: one signature true
SEEN
