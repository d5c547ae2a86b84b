#!/usr/bin/env bash
# py-vapid 1.9.6, which signs for pywebpush: https://example.org may be the contact, https://example.org/ is "missing".
#
# RFC 8292, 2.1, lets an application server name a contact, as a `mailto:` or `https:` URI. py-vapid takes both, but of an
# `https:` one only scheme and name: a slash at the end, a path (the page with the imprint), a port or an IPv6 address
# makes it none. The error does not say so; it says that the claim is missing, and asks for an address of e-mail. web-push
# 3.6.7 for Node signs all of them, so the setting that one server sends its pushes with stops another's.
#
# Seen: the table at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check py-vapid==1.9.6
npm install --silent --no-audit --no-fund --ignore-scripts web-push@3.6.7 >/dev/null
cat >contacts <<'CONTACTS'
https://example.org
https://example.org/
https://example.org/imprint
https://example.org:8443
https://[2001:db8::1]
CONTACTS

venv/bin/python >found <<'PYTHON'
import time

from py_vapid import Vapid02, VapidException

vapid = Vapid02()
vapid.generate_keys()
for contact in open("contacts").read().split():
    try:
        vapid.sign({"sub": contact, "aud": "https://push.example.org", "exp": int(time.time()) + 3600})
        said = "signed"
    except VapidException as error:
        said = str(error).split(" from")[0]
    print(f"py-vapid, {contact}: {said}")
PYTHON

cat >sign.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const push = require("web-push");
const { publicKey, privateKey } = push.generateVAPIDKeys();
for (const contact of readFileSync("contacts", "utf8").trim().split("\n")) {
  push.getVapidHeaders("https://push.example.org", contact, publicKey, privateKey, "aes128gcm");
  console.log(`web-push, ${contact}: signed`);
}
NODE
node sign.cjs >>found

cat found
diff found - <<'SEEN'
py-vapid, https://example.org: signed
py-vapid, https://example.org/: Missing 'sub'
py-vapid, https://example.org/imprint: Missing 'sub'
py-vapid, https://example.org:8443: Missing 'sub'
py-vapid, https://[2001:db8::1]: Missing 'sub'
web-push, https://example.org: signed
web-push, https://example.org/: signed
web-push, https://example.org/imprint: signed
web-push, https://example.org:8443: signed
web-push, https://[2001:db8::1]: signed
SEEN
