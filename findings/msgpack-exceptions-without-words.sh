#!/usr/bin/env bash
# msgpack 1.2.4 for Python raises FormatError and StackError without a message: whoever passes `str(error)` on passes
# nothing on. msgspec 0.22.0 says of a lone surrogate in JSON that the input was truncated, though nothing is missing.
#
# Seen: FormatError(""), StackError(""), DecodeError("Input data was truncated").
# Needs python3 with venv and a package index. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgpack==1.2.4 msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
import msgpack
import msgspec

seen = {}
for name, data in {"a byte that begins nothing": b"\xc1", "5,000 lists in one another": b"\x91" * 5000}.items():
    try:
        msgpack.unpackb(data)
    except ValueError as error:
        seen[name] = (type(error).__name__, str(error))
unpacker = msgpack.Unpacker()
try:
    unpacker.unpack()
except msgpack.OutOfData as error:
    seen["nothing more to read"] = (type(error).__name__, str(error))
try:
    msgspec.json.decode(b'"half of a pair: \\ud83d"')
except msgspec.DecodeError as error:
    seen["a lone surrogate"] = (type(error).__name__, str(error))
for name, (kind, words) in seen.items():
    print(f"{name}: {kind}({words!r})")
assert seen == {
    "a byte that begins nothing": ("FormatError", ""),
    "5,000 lists in one another": ("StackError", ""),
    "nothing more to read": ("OutOfData", "No more data to unpack."),
    "a lone surrogate": ("DecodeError", "Input data was truncated"),
}, seen
PYTHON
