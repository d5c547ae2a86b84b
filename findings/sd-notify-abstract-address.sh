#!/usr/bin/env bash
# sd-notify 0.1.0 for Python, which tells systemd that a server is ready: it does not, where the address begins with @.
#
# `NOTIFY_SOCKET` is a path or, with an @ in front, an abstract address: the @ stands for the zero byte that such an address
# begins with (sd_notify(3)). systemd uses both; its own units have a path today, containers and supervisors that speak the
# same protocol often an abstract address. sdnotify 0.3.2 and cysystemd 2.0.5 tell both. sd-notify says that it is enabled,
# takes the @ for a letter of a path, and raises FileNotFoundError; what waits for READY=1 ends the server later.
#
# Seen: the table at the end. Needs Linux and python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sd-notify==0.1.0 sdnotify==0.3.2 cysystemd==2.0.5
cat >listen.py <<'PYTHON'
import os
import socket

import sd_notify
import sdnotify
from cysystemd.daemon import Notification, notify

libraries = {
    "sd-notify": lambda: sd_notify.Notifier().ready(),
    "sdnotify": lambda: sdnotify.SystemdNotifier(debug=True).notify("READY=1"),
    "cysystemd": lambda: notify(Notification.READY),
}
for kind, bound, told in (
    ("a path", "ready", os.path.abspath("ready")),
    ("an abstract address", f"\0ready-{os.getpid()}", f"@ready-{os.getpid()}"),
):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(bound)
        listening.setblocking(False)
        os.environ["NOTIFY_SOCKET"] = told
        for name, tell in libraries.items():
            try:
                tell()
                print(f"{kind}, {name}: {listening.recv(99).decode().strip()}")
            except OSError as error:
                print(f"{kind}, {name}: {type(error).__name__}")
PYTHON
venv/bin/python listen.py | tee found
diff found - <<'SEEN'
a path, sd-notify: READY=1
a path, sdnotify: READY=1
a path, cysystemd: READY=1
an abstract address, sd-notify: FileNotFoundError
an abstract address, sdnotify: READY=1
an abstract address, cysystemd: READY=1
SEEN
