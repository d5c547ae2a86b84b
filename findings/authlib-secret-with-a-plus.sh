#!/usr/bin/env bash
# authlib 1.9.10 beside oauth4webapi 3.8.8 for Node: one client secret proves itself with the one, and not with the other.
#
# RFC 6749, 2.3.1, has a client encode its id and its secret as a form does, before they go into HTTP's Basic. Without
# special characters nobody sees whether that was done. authlib puts both in as they are: of `100%25`, + and : the server,
# which decodes, reads `100%`, a space, and the end of the id. It answers `invalid_client`, and the secret looks wrong.
# oauth4webapi encodes. Secrets that providers make at random have such characters now and then, so signing in fails after
# a rotation and works again after the next. authlib's `client_secret_post` sends the secret in the form, encoded.
#
# Seen: the lines at the end. Needs python3 with venv, node and npm. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check authlib==1.9.10 httpx2==2.16.0
npm install --silent --no-audit --no-fund --ignore-scripts oauth4webapi@3.8.8 >/dev/null
cat >pairs.json <<'JSON'
[["chat", "plain-secret"], ["chat", "a+b/c"], ["chat", "100%25"], ["team:chat", "s"]]
JSON
cat >basic.py <<'PYTHON'
import json
from base64 import b64decode
from urllib.parse import unquote_plus

import httpx2
from authlib.integrations.httpx_client import OAuth2Client

sent = []


def endpoint(request):
    sent.append(request.headers["authorization"].removeprefix("Basic "))
    return httpx2.Response(200, json={"access_token": "x", "token_type": "bearer"})


pairs = json.load(open("pairs.json"))
for name, secret in pairs:
    client = OAuth2Client(name, secret, transport=httpx2.MockTransport(endpoint))
    client.fetch_token("https://op.example/token", grant_type="client_credentials")
for who, credentials in (("authlib", sent), ("oauth4webapi", json.load(open("node.json")))):
    for pair, credential in zip(pairs, credentials):
        # As RFC 6749 has the server read it.
        read = [unquote_plus(part) for part in b64decode(credential).decode().split(":", 1)]
        print(f"{who}: {pair} is read as", "the same" if read == pair else read)
PYTHON
cat >basic.mjs <<'NODE'
import { readFileSync, writeFileSync } from "node:fs";
import * as oauth from "oauth4webapi";

const server = { issuer: "https://op.example", token_endpoint: "https://op.example/token" };
const sent = [];
for (const [name, secret] of JSON.parse(readFileSync("pairs.json", "utf8"))) {
  await oauth.clientCredentialsGrantRequest(
    server,
    { client_id: name },
    oauth.ClientSecretBasic(secret),
    new URLSearchParams(),
    {
      [oauth.customFetch]: async (_, { headers }) => {
        sent.push(new Headers(headers).get("authorization").slice("Basic ".length));
        return new Response("{}");
      },
    },
  );
}
writeFileSync("node.json", JSON.stringify(sent));
NODE
node basic.mjs
venv/bin/python basic.py | tee found
diff found - <<'SEEN'
authlib: ['chat', 'plain-secret'] is read as the same
authlib: ['chat', 'a+b/c'] is read as ['chat', 'a b/c']
authlib: ['chat', '100%25'] is read as ['chat', '100%']
authlib: ['team:chat', 's'] is read as ['team', 'chat:s']
oauth4webapi: ['chat', 'plain-secret'] is read as the same
oauth4webapi: ['chat', 'a+b/c'] is read as the same
oauth4webapi: ['chat', '100%25'] is read as the same
oauth4webapi: ['team:chat', 's'] is read as the same
SEEN
