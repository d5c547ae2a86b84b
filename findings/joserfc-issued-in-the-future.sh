#!/usr/bin/env bash
# joserfc 1.8.0: a token whose `iat` is later than now is refused, though nobody asked for that.
#
# RFC 7519, 4.1.6, gives `iat` for the age of a token and, unlike 4.1.5 (`nbf`), demands no refusal. JWTClaimsRegistry
# refuses it by default, with no leeway. When the clock of a server is set back by an
# hour, every token of the last hour is refused until the clock has caught up. `leeway` helps, but also lengthens `exp`;
# whoever signs and reads the tokens alone can leave `iat` out of what is validated.
#
# Seen: "joserfc 1.8.0: invalid_claim: The token was issued in the future".
# Needs joserfc, with PYTHON naming the interpreter that has it. Ends with status 1 when that is different.
set -euo pipefail
"${PYTHON:-python3}" - <<'EOP'
import sys
from importlib.metadata import version

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

try:
    JWTClaimsRegistry(now=1_000_000).validate({"iat": 1_000_001, "exp": 2_000_000})
except JoseError as error:
    print(f"joserfc {version('joserfc')}: {error}")
else:
    sys.exit("it was accepted")
EOP
