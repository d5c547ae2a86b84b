#!/usr/bin/env bash
# environs 15.2.0: of one line in the environment, a list of texts keeps every blank, and a list of numbers none.
#
# ORIGINS="https://a.example, https://b.example," becomes three items: the second begins with a space, the third is
# empty. Compared with what a browser sends, the second origin never matches, and nothing says so at the start. The same
# line with numbers is read without the blanks, since int() drops them; there the comma at the end is an error. A single
# comma makes two empty items, though an empty line makes none.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check environs==15.2.0
ORIGINS="https://a.example, https://b.example," PORTS="80, 443" PORTS_AND_COMMA="80, 443," COMMA="," EMPTY="" \
    "$folder/venv/bin/python" >"$folder/found" <<'PYTHON'
from environs import Env, EnvError

env = Env()
print("origins", env.list("ORIGINS"))
print("ports", env.list("PORTS", subcast=int))
try:
    print("ports, and a comma", env.list("PORTS_AND_COMMA", subcast=int))
except (EnvError, ValueError) as error:
    print("ports, and a comma:", type(error).__name__)
print("a comma", env.list("COMMA"))
print("nothing", env.list("EMPTY"))
PYTHON
cat "$folder/found"
diff "$folder/found" - <<'SEEN'
origins ['https://a.example', ' https://b.example', '']
ports [80, 443]
ports, and a comma: EnvValidationError
a comma ['', '']
nothing []
SEEN
