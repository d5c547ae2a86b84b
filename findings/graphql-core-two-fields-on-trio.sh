#!/usr/bin/env bash
# graphql-core 3.3.2: on trio an operation with one asynchronous field works, and one with two does not.
#
# `graphql()` is a coroutine and names no event loop. A single awaitable it awaits itself, which works anywhere. Two of
# them, or a list, it gathers with a future of asyncio's, which trio refuses as the yield of another framework.
# So a schema may pass its first tests on trio and fail at the first real query. `execute_sync` never gathers: resolvers that
# note what they lack, and executing again once it was fetched, work on every loop.
#
# Seen: "{ a }: {'a': 'x'}", and for "{ a b }" a TypeError: "trio.run received unrecognized yield message".
# Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check graphql-core==3.3.2 trio==0.35.0
cat >fields.py <<'PYTHON'
import sys
import warnings

import trio
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, GraphQLString, graphql

warnings.simplefilter("ignore")  # of the coroutine that nobody awaits after the failure


async def slow(*_):
    await trio.sleep(0)
    return "x"


FIELD = GraphQLField(GraphQLString, resolve=slow)
SCHEMA = GraphQLSchema(GraphQLObjectType("Query", {"a": FIELD, "b": FIELD}))


async def ask(query):
    try:
        return str((await graphql(SCHEMA, query)).data)
    except TypeError as error:
        return f"TypeError: {error}"


async def main():
    seen = [await ask("{ a }"), await ask("{ a b }")]
    print(f"{{ a }}: {seen[0]}")
    print(f"{{ a b }}: {seen[1]}")
    failed = "TypeError: trio.run received unrecognized yield message"
    sys.exit(seen[0] != "{'a': 'x'}" or not seen[1].startswith(failed))


trio.run(main)
PYTHON
venv/bin/python fields.py
