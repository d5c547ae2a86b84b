#!/usr/bin/env bash
# fido2 2.2.1 beside webauthn 3.0.1: what one offers for a passkey, the other cannot read.
#
# WebAuthn (Level 3, 5.4 and 5.5) gives most members of the options a default: left out, `attestation` is "none", and
# `userVerification` "preferred". The server of fido2 leaves both out, and browsers take that. webauthn, which has readers
# for options that were kept or sent as JSON, refuses them as incomplete. The other way round works: webauthn writes both
# members, and fido2 reads options with and without them.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check fido2==2.2.1 webauthn==3.0.1
cat >options.py <<'PYTHON'
import json

import webauthn
from fido2.server import Fido2Server
from fido2.webauthn import (
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
)
from webauthn.helpers import options_to_json, parse_authentication_options_json, parse_registration_options_json
from webauthn.helpers.exceptions import WebAuthnException


def read(reader, options):
    try:
        reader(options)
    except WebAuthnException as error:
        return f"{type(error).__name__}: {error}"
    return "read"


def offered(options):
    return json.loads(json.dumps(dict(options)))["publicKey"]


server = Fido2Server(PublicKeyCredentialRpEntity(name="Team", id="example.org"))
made, _ = server.register_begin(PublicKeyCredentialUserEntity(name="ann", id=b"1", display_name="Ann"))
asked, _ = server.authenticate_begin()
print("registration, fido2 to webauthn:", read(parse_registration_options_json, offered(made)))
print("login, fido2 to webauthn:", read(parse_authentication_options_json, offered(asked)))

made = webauthn.generate_registration_options(rp_id="example.org", rp_name="Team", user_name="ann")
asked = webauthn.generate_authentication_options(rp_id="example.org")
for name, reader, options in (
    ("registration", PublicKeyCredentialCreationOptions, made),
    ("login", PublicKeyCredentialRequestOptions, asked),
):
    print(f"{name}, webauthn to fido2:", read(reader.from_dict, json.loads(options_to_json(options))))
PYTHON
venv/bin/python options.py | tee found
diff found - <<'SEEN'
registration, fido2 to webauthn: InvalidJSONStructure: Options missing required attestation
login, fido2 to webauthn: InvalidJSONStructure: Options missing required userVerification
registration, webauthn to fido2: read
login, webauthn to fido2: read
SEEN
