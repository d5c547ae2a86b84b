#!/usr/bin/env bash
# packaging 26.4 beside license-expression 30.4.4 and cyclonedx-python-lib 11.12.0: a package's licence is an expression when
# it is built, and a name nobody knows in the bill of materials.
#
# `License-Expression` in the metadata of a package (PEP 639) holds an SPDX expression. By the specification a licence may
# have a plus (Apache-2.0+) and may be one's own (LicenseRef-chat). packaging, which checks the metadata, takes both.
# license-expression, with which the library of CycloneDX looks whether a text is an expression, calls them unknown; the
# plus of the GPL it takes, as an old name. So the bill of materials says `license.name: "MIT AND LicenseRef-chat"` where it
# says `expression` for "MIT AND Apache-2.0", and who looks there for MIT finds none.
#
# Seen: the table at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  packaging==26.4 license-expression==30.4.4 cyclonedx-python-lib==11.12.0
cat >compare.py <<'PYTHON'
from cyclonedx.contrib.license.factories import LicenseFactory
from license_expression import get_spdx_licensing
from packaging.licenses import canonicalize_license_expression

for text in ("MIT AND Apache-2.0", "GPL-2.0+ OR MIT", "Apache-2.0+ OR MIT", "MIT AND LicenseRef-chat"):
    known = get_spdx_licensing().validate(text)
    listed = LicenseFactory().make_from_string(text)
    shape = next(name for name in ("value", "id", "name") if getattr(listed, name, None))
    print(
        f"{canonicalize_license_expression(text)}:",
        f"license-expression {'takes it' if not known.errors else 'does not know ' + known.invalid_symbols[0]},",
        f"in the bill: {'expression' if shape == 'value' else shape}",
    )
PYTHON
venv/bin/python -W ignore compare.py | tee found
diff found - <<'SEEN'
MIT AND Apache-2.0: license-expression takes it, in the bill: expression
GPL-2.0+ OR MIT: license-expression takes it, in the bill: expression
Apache-2.0+ OR MIT: license-expression does not know Apache-2.0+, in the bill: name
MIT AND LicenseRef-chat: license-expression does not know LicenseRef-chat, in the bill: name
SEEN
