"""One module for each group of commands; its `command` is the group."""
