"""The log: appends in, durable events out, in one transaction each."""
