#!/usr/bin/env bash
# openapi-python-client 0.29.1: a document of OpenAPI 3.1 in which `true` or `false` is a schema is read as none at all.
#
# A schema of OpenAPI 3.1 is one of JSON Schema 2020-12 (specification, 4.8.24), where `true` takes everything and `false`
# nothing, wherever a schema may stand. msgspec 0.22.0 writes `items: false` for a tuple of a fixed length, and `true` is a
# short word for a property that may hold anything. The maker of clients, which reads 3.0 and 3.1, makes nothing of either
# document: not the rest of it, nor one operation.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1 msgspec==0.22.0
cat >documents.py <<'PYTHON'
import json
import subprocess

import msgspec

SCHEMAS = {
    "an array": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    "a tuple of msgspec": msgspec.json.schema(tuple[int, int]),
    "a property that is true": {"type": "object", "properties": {"extra": True}},
}
for name, schema in SCHEMAS.items():
    answer = {"description": "Where.", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.1",
        "info": {"title": "Places", "version": "1"},
        "paths": {"/place": {"get": {"operationId": "place", "responses": {"200": answer}}}},
    }
    with open("document.json", "w") as file:
        json.dump(document, file)
    command = ["venv/bin/openapi-python-client", "generate", "--path", "document.json", "--meta", "none"]
    made = subprocess.run([*command, "--output-path", "client", "--overwrite"], capture_output=True, text=True)
    said = "made" if made.returncode == 0 else (made.stdout + made.stderr).strip().split("\n")[0]
    print(f"{name}: {said}")
PYTHON
venv/bin/python documents.py | tee found
diff found - <<'SEEN'
an array: made
a tuple of msgspec: Error(s) encountered while generating, client was not created
a property that is true: Error(s) encountered while generating, client was not created
SEEN
