"""The store: the log and the tables beside it, in one SQLite file. Start reading at `schema.sql`."""
