"""Steps from one version of the data model to the next, as SQL: see `chatd.store.ops.migrate`."""
