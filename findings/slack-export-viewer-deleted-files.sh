#!/usr/bin/env bash
# slack-export-viewer 3.5.0 shows a deleted file as a link to a page "None", and names nothing.
#
# Slack's exports keep of a file that was deleted no more than its id and `"mode": "tombstone"`, and of one behind the
# limit of a free plan `"mode": "hidden_by_limit"`. The viewer takes `url_private` for the link and `title` for its words
# without looking whether they are there: Python's None is written into the page as an address, with no words in the
# link, so whoever reads the page sees nothing of a file that was there, and a program that follows links gets a 404.
#
# Seen: a link to /files/F1 with its title for the first file; `<a href="None"></a>` for the second and the third. Needs
# python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check slack-export-viewer==3.5.0
venv/bin/python - <<'PYTHON'
import json
import zipfile

whole = {"id": "F1", "mode": "hosted", "name": "a.txt", "title": "a.txt", "mimetype": "text/plain"}
files = [
    {**whole, "url_private": "https://files.example.org/files/F1"},
    {"id": "F2", "mode": "tombstone"},
    {"id": "F3", "mode": "hidden_by_limit"},
]
remark = {"value": "", "creator": "", "last_set": 0}
export = {
    "users.json": [{"id": "U1", "name": "ann", "profile": {"display_name": "ann"}}],
    "channels.json": [
        {"id": "C1", "name": "general", "members": ["U1"], "pins": [], "topic": remark, "purpose": remark}
    ],
    "general/2024-01-01.json": [
        {"type": "message", "user": "U1", "text": "see", "ts": "1704106800.000100", "files": files}
    ],
}
with zipfile.ZipFile("export.zip", "w") as packed:
    for name, rows in export.items():
        packed.writestr(name, json.dumps(rows))
PYTHON
HOME=$folder TMPDIR=$folder venv/bin/slack-export-viewer -z export.zip --no-browser --html-only -o pages >log 2>&1 || {
  cat log
  exit 2
}
grep -o '<div class="link-title">.*</div>' pages/channel/general/index.html | tee found
diff found - <<'SEEN'
<div class="link-title"><a href="https://files.example.org/files/F1">a.txt</a></div>
<div class="link-title"><a href="None"></a></div>
<div class="link-title"><a href="None"></a></div>
SEEN
