"""The benchmark: one chatd and one socket.io server, driven alike, measured in the same run.

Run it with `python -m bench` from the project's root; `docs/benchmark.md` says how to read it.
It is no part of the product and imports chatd only to write an archive of a million messages.
"""
