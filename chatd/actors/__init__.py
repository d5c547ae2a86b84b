"""Actors: one task and one bounded mailbox each. Calls go down, whatever goes up is offered."""
