#!/usr/bin/env bash
# bson 0.5.10 beside PyMongo 4.20.1: a field of a kind that bson does not know gets the value of the field before it.
#
# Dumps of MongoDB, as Rocket.Chat's servers make them, are BSON. The package of that name reads the common kinds. For
# another one ("undefined", which old Meteor programs wrote, a regular expression, the least key) it raises nothing: the
# loop over the fields keeps what it has read last and sets that. So who wrote a message becomes who edited it. Of a kind
# that has bytes none are skipped, and they are read as further fields. Only where such a field is the first of its
# document is there an error, an UnboundLocalError. PyMongo reads all of these (https://bsonspec.org, version 1.1).
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in bson==0.5.10 pymongo==4.20.1; do # each has a module `bson`
  python3 -m venv "${package%%=*}"
  "${package%%=*}/bin/pip" install --quiet --disable-pip-version-check "$package"
done
cat >read.py <<'PYTHON'
import struct
import sys

import bson

TEXT, UNDEFINED, PATTERN, LEAST, NUMBER = 0x02, 0x06, 0x0B, 0xFF, 0x10


def field(kind, name, value=b""):
    return bytes([kind]) + name + b"\0" + value


def document(*fields):
    body = b"".join(fields) + b"\0"
    return struct.pack("<i", 4 + len(body)) + body


author = field(TEXT, b"author", struct.pack("<i", 5) + b"anna\0")
likes = field(NUMBER, b"likes", struct.pack("<i", 3))
DOCUMENTS = {
    "undefined": document(author, field(UNDEFINED, b"editor"), likes),
    "least key": document(author, field(LEAST, b"editor"), likes),
    "pattern": document(author, field(PATTERN, b"mutes", b"ab\0i\0"), likes),
    "undefined first": document(field(UNDEFINED, b"editor"), author),
}
for name, document in DOCUMENTS.items():
    try:
        print(f"{sys.argv[1]}, {name}: {dict(getattr(bson, sys.argv[2])(document))}")
    except Exception as error:
        print(f"{sys.argv[1]}, {name}: {type(error).__name__}")
PYTHON
{ bson/bin/python read.py bson loads; pymongo/bin/python read.py pymongo decode; } | tee seen
diff seen - <<'SEEN'
bson, undefined: {'author': 'anna', 'editor': 'anna', 'likes': 3}
bson, least key: {'author': 'anna', 'editor': 'anna', 'likes': 3}
bson, pattern: {'author': 'anna', 'mutes': 'anna', 'b': 'anna', '': 'anna', 'likes': 3}
bson, undefined first: UnboundLocalError
pymongo, undefined: {'author': 'anna', 'editor': None, 'likes': 3}
pymongo, least key: {'author': 'anna', 'editor': MinKey(), 'likes': 3}
pymongo, pattern: {'author': 'anna', 'mutes': Regex('ab', 2), 'likes': 3}
pymongo, undefined first: {'editor': None, 'author': 'anna'}
SEEN
