#!/usr/bin/env bash
# tomllib of CPython 3.11: an integer of more than 4,300 digits is no TOMLDecodeError.
#
# The documentation of tomllib.loads says that a TOMLDecodeError is raised for what is no valid TOML. Such an integer
# raises the plain ValueError of int() instead, without a line and a column, past whoever catches TOMLDecodeError.
# TOML leaves integers beyond 64 bits to the reader, who has to refuse what cannot be held.
#
# Seen: "ValueError: Exceeds the limit (4300 digits) for integer string conversion …".
# Needs python3. Ends with status 1 when that is different.
set -euo pipefail
python3 - <<'PYTHON'
import sys
import tomllib

try:
    tomllib.loads("a = " + "9" * 4301)
except tomllib.TOMLDecodeError as error:
    sys.exit(f"as documented: {error}")
except ValueError as error:
    print(f"ValueError: {error}")
else:
    sys.exit("it was read")
PYTHON
