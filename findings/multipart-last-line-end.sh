#!/usr/bin/env bash
# multipart 1.3.1: with `strict=True`, a form is refused or taken by where the network cuts it.
#
# RFC 2046, 5.1.1, lets a line end follow the last boundary, and browsers and curl send one. PushMultipartParser takes
# it together with the boundary. When it comes in the next piece, a strict parser calls it data after the end
# of the stream and raises, though the same bytes in one piece were a form. Pieces of a body end wherever a TCP segment or a
# chunk does, so the same upload works and fails by chance. Without `strict` the parser takes both.
#
# Seen: "one piece: taken", "two pieces: refused: Unexpected data after end of multipart stream", "two, not strict: taken".
# Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check multipart==1.3.1
cat >form.py <<'PYTHON'
import sys

from multipart import MultipartError, PushMultipartParser

FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'


def read(*pieces, strict=True):
    parser = PushMultipartParser(b"b", strict=strict)
    try:
        for piece in pieces:
            list(parser.parse(piece))
        parser.close()
    except MultipartError as error:
        return f"refused: {error}"
    return "taken"


seen = {
    "one piece": read(FORM),
    "two pieces": read(FORM[:-2], FORM[-2:]),
    "two, not strict": read(FORM[:-2], FORM[-2:], strict=False),
}
for how, what in seen.items():
    print(f"{how}: {what}")
expected = ["taken", "refused: Unexpected data after end of multipart stream", "taken"]
sys.exit(list(seen.values()) != expected)
PYTHON
venv/bin/python form.py
