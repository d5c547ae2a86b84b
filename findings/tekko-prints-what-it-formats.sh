#!/usr/bin/env bash
# tekko 2.4.0 for Node, which formats messages of IRC: the text of each message that it formats stands on standard output.
#
# `format` gives a message as a line for the server. A helper that looks whether the last parameter needs a colon
# prints that parameter with console.log, before it looks. So a bot's log has each text that it sent, those in private and
# the password for NickServ among them, and a program that writes its lines to standard output sends each text twice,
# the first time as a line of its own.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts tekko@2.4.0 >/dev/null
cat >write.cjs <<'NODE'
const { format } = require("tekko");
const lines = [
  format({ command: "PRIVMSG", params: ["ann", "see you at noon"] }),
  format({ command: "JOIN", params: ["#tea"] }),
];
for (const line of lines) process.stderr.write(`formatted: ${line}\n`);
NODE
node write.cjs 2>formatted >printed
sed 's/^/on standard output: /' printed | cat formatted - | tee found
diff found - <<'SEEN'
formatted: PRIVMSG ann :see you at noon
formatted: JOIN #tea
on standard output: see you at noon
on standard output: #tea
SEEN
