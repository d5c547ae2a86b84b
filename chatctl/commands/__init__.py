"""One module a noun; each has its `command` with the verbs below it."""
