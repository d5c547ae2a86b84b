#!/usr/bin/env bash
# precis-i18n 1.1.2 (RFC 8264 to 8266): ❤ may be in a password and in a nickname, ❤️ may not, and which one is typed the
# keyboard decides.
#
# RFC 8266 is about nicknames in chat rooms, RFC 8265 about passwords. Both stand on the FreeformClass, which allows
# symbols and forbids what is ignorable by default: variation selectors, and joiners between emoji. A heart from the
# keyboard of a phone has a selector (UTS 51 calls it fully qualified); from a character table it has none. So a password
# set on one device cannot be typed on another, and is refused there as invalid rather than as wrong. A hand with a tone
# of skin is allowed, a family is not.
#
# Seen: the table at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check precis-i18n==1.1.2
PYTHONIOENCODING=utf-8 "$folder/venv/bin/python" >"$folder/found" <<'PYTHON'
from precis_i18n import get_profile

TEXTS = {
    "heart": "ann \u2764",
    "heart, fully qualified": "ann \u2764\ufe0f",
    "hand with a tone of skin": "ann \U0001f44d\U0001f3fd",
    "family": "ann \U0001f469\u200d\U0001f467",
}
for profile in ("OpaqueString", "NicknameCaseMapped"):
    for name, text in TEXTS.items():
        try:
            get_profile(profile).enforce(text)
            print(f"{profile}: {name}: allowed")
        except UnicodeEncodeError as error:
            print(f"{profile}: {name}: {error.reason}")
PYTHON
cat "$folder/found"
diff "$folder/found" - <<'SEEN'
OpaqueString: heart: allowed
OpaqueString: heart, fully qualified: DISALLOWED/precis_ignorable_properties
OpaqueString: hand with a tone of skin: allowed
OpaqueString: family: DISALLOWED/zero_width_joiner
NicknameCaseMapped: heart: allowed
NicknameCaseMapped: heart, fully qualified: DISALLOWED/precis_ignorable_properties
NicknameCaseMapped: hand with a tone of skin: allowed
NicknameCaseMapped: family: DISALLOWED/zero_width_joiner
SEEN
