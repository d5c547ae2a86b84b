#!/usr/bin/env bash
# messagepack 1.1.12 for Node: a whole number that needs more than 64 bits becomes another one, often 0.
#
# MessagePack has integers of at most 64 bits, and floats for the rest. JavaScript has one kind of number, and a large one,
# such as 1e20 or 2**64, has no fraction. The package takes every number without a fraction for an integer, keeps the
# lowest 64 bits of it, and says nothing; its own reader and every other one read what stands there. The others here
# write such numbers as floats, and each reads them back.
#
# Seen: the lines at the end. Needs node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts \
  messagepack@1.1.12 @msgpack/msgpack@3.1.3 algo-msgpack-with-bigint@2.1.1 tiny-msgpack@2.2.0 >/dev/null
cat >numbers.mjs <<'NODE'
import { decode, encode } from "@msgpack/msgpack";
import algo from "algo-msgpack-with-bigint";
import messagepack from "messagepack";
import tiny from "tiny-msgpack";

const makers = {
  "@msgpack/msgpack": [encode, decode],
  "algo-msgpack-with-bigint": [algo.encode, algo.decode],
  "tiny-msgpack": [tiny.encode, tiny.decode],
  messagepack: [messagepack.encode, messagepack.decode],
};
for (const [name, [write, read]] of Object.entries(makers))
  for (const number of [1763714400123, 2 ** 64, 1e20, -1e20, 1e300]) {
    const bytes = write(number);
    console.log(`${name}: ${number} is read as ${read(bytes)}, by @msgpack/msgpack as ${decode(bytes)}`);
  }
NODE
node numbers.mjs | tee found
diff found - <<'SEEN'
@msgpack/msgpack: 1763714400123 is read as 1763714400123, by @msgpack/msgpack as 1763714400123
@msgpack/msgpack: 18446744073709552000 is read as 18446744073709552000, by @msgpack/msgpack as 18446744073709552000
@msgpack/msgpack: 100000000000000000000 is read as 100000000000000000000, by @msgpack/msgpack as 100000000000000000000
@msgpack/msgpack: -100000000000000000000 is read as -100000000000000000000, by @msgpack/msgpack as -100000000000000000000
@msgpack/msgpack: 1e+300 is read as 1e+300, by @msgpack/msgpack as 1e+300
algo-msgpack-with-bigint: 1763714400123 is read as 1763714400123, by @msgpack/msgpack as 1763714400123
algo-msgpack-with-bigint: 18446744073709552000 is read as 18446744073709552000, by @msgpack/msgpack as 18446744073709552000
algo-msgpack-with-bigint: 100000000000000000000 is read as 100000000000000000000, by @msgpack/msgpack as 100000000000000000000
algo-msgpack-with-bigint: -100000000000000000000 is read as -100000000000000000000, by @msgpack/msgpack as -100000000000000000000
algo-msgpack-with-bigint: 1e+300 is read as 1e+300, by @msgpack/msgpack as 1e+300
tiny-msgpack: 1763714400123 is read as 1763714400123, by @msgpack/msgpack as 1763714400123
tiny-msgpack: 18446744073709552000 is read as 18446744073709552000, by @msgpack/msgpack as 18446744073709552000
tiny-msgpack: 100000000000000000000 is read as 100000000000000000000, by @msgpack/msgpack as 100000000000000000000
tiny-msgpack: -100000000000000000000 is read as -100000000000000000000, by @msgpack/msgpack as -100000000000000000000
tiny-msgpack: 1e+300 is read as 1e+300, by @msgpack/msgpack as 1e+300
messagepack: 1763714400123 is read as 1763714400123, by @msgpack/msgpack as 1763714400123
messagepack: 18446744073709552000 is read as 0, by @msgpack/msgpack as 0
messagepack: 100000000000000000000 is read as 7766279631452242000, by @msgpack/msgpack as 7766279631452242000
messagepack: -100000000000000000000 is read as -7766279631452242000, by @msgpack/msgpack as -7766279631452242000
messagepack: 1e+300 is read as 0, by @msgpack/msgpack as 0
SEEN
