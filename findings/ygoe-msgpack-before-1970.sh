#!/usr/bin/env bash
# @ygoe/msgpack 1.0.3 for Node: a time before 1970 with a fraction of a second is written a second too late.
#
# MessagePack's timestamp 96 has signed seconds and, on top of them, nanoseconds from 0 to 999999999 (specification,
# "Timestamp extension type"): a quarter past a second before 1970 is that second and a quarter more. The package takes
# the seconds apart with their fraction, a negative number, into two halves of 32 bits and rounds these towards zero, which
# is up. A birthday at midnight is right, and the time of an old photograph a second late, for the package itself and for
# the four others here, which read the bytes as they stand.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts \
  @ygoe/msgpack@1.0.3 @msgpack/msgpack@3.1.3 msgpackr@2.1.4 msgpack5@6.1.0 notepack.io@3.0.1 >/dev/null
cat >times.mjs <<'NODE'
import { decode, encode } from "@msgpack/msgpack";
import ygoe from "@ygoe/msgpack";
import msgpack5 from "msgpack5";
import { pack, unpack } from "msgpackr";
import notepack from "notepack.io";

const five = msgpack5();
const { serialize, deserialize } = ygoe.default ?? ygoe;
const makers = {
  "@msgpack/msgpack": [encode, decode],
  msgpackr: [pack, unpack],
  msgpack5: [(value) => five.encode(value).slice(), (bytes) => five.decode(Buffer.from(bytes))],
  "notepack.io": [notepack.encode, notepack.decode],
  "@ygoe/msgpack": [serialize, deserialize],
};
const TIMES = ["2023-11-14T22:13:20.250Z", "1960-01-01T00:00:00.000Z", "1960-01-01T00:00:00.250Z"];
for (const [name, [write]] of Object.entries(makers)) {
  for (const time of TIMES) {
    const bytes = Buffer.from(write(new Date(time)));
    const read = new Set(Object.values(makers).map(([, reader]) => reader(bytes).toISOString()));
    console.log(`${name} writes ${time}; all read`, ...read);
  }
}
NODE
node times.mjs | tee found
diff found - <<'SEEN'
@msgpack/msgpack writes 2023-11-14T22:13:20.250Z; all read 2023-11-14T22:13:20.250Z
@msgpack/msgpack writes 1960-01-01T00:00:00.000Z; all read 1960-01-01T00:00:00.000Z
@msgpack/msgpack writes 1960-01-01T00:00:00.250Z; all read 1960-01-01T00:00:00.250Z
msgpackr writes 2023-11-14T22:13:20.250Z; all read 2023-11-14T22:13:20.250Z
msgpackr writes 1960-01-01T00:00:00.000Z; all read 1960-01-01T00:00:00.000Z
msgpackr writes 1960-01-01T00:00:00.250Z; all read 1960-01-01T00:00:00.250Z
msgpack5 writes 2023-11-14T22:13:20.250Z; all read 2023-11-14T22:13:20.250Z
msgpack5 writes 1960-01-01T00:00:00.000Z; all read 1960-01-01T00:00:00.000Z
msgpack5 writes 1960-01-01T00:00:00.250Z; all read 1960-01-01T00:00:00.250Z
notepack.io writes 2023-11-14T22:13:20.250Z; all read 2023-11-14T22:13:20.250Z
notepack.io writes 1960-01-01T00:00:00.000Z; all read 1960-01-01T00:00:00.000Z
notepack.io writes 1960-01-01T00:00:00.250Z; all read 1960-01-01T00:00:00.250Z
@ygoe/msgpack writes 2023-11-14T22:13:20.250Z; all read 2023-11-14T22:13:20.250Z
@ygoe/msgpack writes 1960-01-01T00:00:00.000Z; all read 1960-01-01T00:00:00.000Z
@ygoe/msgpack writes 1960-01-01T00:00:00.250Z; all read 1960-01-01T00:00:01.250Z
SEEN
