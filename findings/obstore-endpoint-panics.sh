#!/usr/bin/env bash
# obstore 0.12.1: an endpoint, bucket or key that cannot be sent is a panic, which `except Exception` does not catch.
#
# S3Store takes an endpoint without a scheme, a port above 65535, a bucket with a space, or a key that ends with a line
# break, as one read from a file does. The first request then panics in Rust where it is signed (object_store 0.14.2,
# aws/credential.rs: `.unwrap()` and `.expect("request valid")`). In Python that is a `PanicException`, no subclass of
# Exception: it passes every `except Exception` on its way, and a server that asks the bucket in a thread of its own
# ends, for a setting that could have been refused. A bucket with `ä` is an ordinary error.
#
# Seen: "PanicException, no Exception" for the first four, GenericError for the last. Needs python3 with venv. Asks
# nobody but port 9 of this machine. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check obstore==0.12.1
cat >asked.py <<'PYTHON'
import sys

import obstore
from obstore.store import S3Store

HERE = "http://127.0.0.1:9"
WRONG = {
    "endpoint without a scheme": {"endpoint": "s3.example.org"},
    "port above 65535": {"endpoint": "http://127.0.0.1:99999"},
    "bucket with a space": {"bucket": "a b"},
    "key with a line break": {"access_key_id": "key\n"},
    "bucket with an umlaut": {"bucket": "ä"},
}
usual = {"bucket": "b", "endpoint": HERE, "access_key_id": "key", "secret_access_key": "x", "region": "r"}
seen = []
for what, wrong in WRONG.items():
    given = {**usual, **wrong}
    store = S3Store(
        given.pop("bucket"), **given, client_options={"allow_http": True}, retry_config={"max_retries": 0}
    )
    try:
        obstore.get(store, "x")
    except BaseException as error:
        seen.append(isinstance(error, Exception))
        print(f"{what}: {type(error).__name__}{'' if seen[-1] else ', no Exception'}")
sys.exit(seen != [False, False, False, False, True])
PYTHON
venv/bin/python asked.py 2>log || {
  tail -n 20 log
  exit 1
}
