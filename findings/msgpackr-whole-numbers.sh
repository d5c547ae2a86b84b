#!/usr/bin/env bash
# msgpackr 2.1.4, the MessagePack of most Node programs: a time goes out as a float and comes in as a BigInt.
#
# MessagePack has integers of 64 bits. msgpackr writes a whole number as an integer when it fits into 32 bits, and as a
# float above: 1700000000000, milliseconds of today, is a float64. @msgpack/msgpack 3.1.3 writes a uint64. In languages
# that tell the two apart the time is another type than the number of people: msgspec 0.22.0 refuses it for an `int`.
# What others write as uint64 msgpackr gives out as a BigInt, even where a number holds it: no Date takes it, no JSON
# and no sum with a number. `int64AsType: "auto"` mends the reading; for writing, BigInt(time) makes an integer.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check msgpack==1.2.4 msgspec==0.22.0
npm install --silent --no-audit --no-fund --ignore-scripts msgpackr@2.1.4 @msgpack/msgpack@3.1.3 >/dev/null
node <<'NODE'
const { writeFileSync } = require("node:fs");
const { pack } = require("msgpackr");
const { encode } = require("@msgpack/msgpack");
const message = { people: 12, at: 1700000000000 };
writeFileSync("msgpackr.bin", pack(message));
writeFileSync("msgpack.bin", encode(message));
NODE
venv/bin/python >found <<'PYTHON'
from pathlib import Path

import msgpack
import msgspec


class Message(msgspec.Struct):
    people: int
    at: int


for name in ("msgpack", "msgpackr"):
    packed = Path(f"{name}.bin").read_bytes()
    try:
        typed = f"at {msgspec.msgpack.decode(packed, type=Message).at}"
    except msgspec.ValidationError as error:
        typed = str(error)
    print(f"{name} writes {msgpack.unpackb(packed)}; msgspec: {typed}")
Path("python.bin").write_bytes(msgpack.packb({"people": 12, "at": 1700000000000}))
PYTHON
node >>found <<'NODE'
const { readFileSync } = require("node:fs");
const { Unpackr, unpack } = require("msgpackr");
const { decode } = require("@msgpack/msgpack");
const packed = readFileSync("python.bin");
const auto = new Unpackr({ useRecords: false, int64AsType: "auto" });
const readers = {
  msgpack: decode,
  msgpackr: unpack,
  "msgpackr, auto": (bytes) => auto.unpack(bytes),
};
for (const [name, read] of Object.entries(readers)) {
  const { people, at } = read(packed);
  let date;
  try {
    date = new Date(at).toISOString();
  } catch (error) {
    date = `${error.name}: ${error.message}`;
  }
  console.log(`${name} reads ${typeof people} and ${typeof at}; new Date(at): ${date}`);
}
NODE
cat found
diff found - <<'SEEN'
msgpack writes {'people': 12, 'at': 1700000000000}; msgspec: at 1700000000000
msgpackr writes {'people': 12, 'at': 1700000000000.0}; msgspec: Expected `int`, got `float` - at `$.at`
msgpack reads number and number; new Date(at): 2023-11-14T22:13:20.000Z
msgpackr reads number and bigint; new Date(at): TypeError: Cannot convert a BigInt value to a number
msgpackr, auto reads number and number; new Date(at): 2023-11-14T22:13:20.000Z
SEEN
