"""Several nodes that apply one log: what a node says to the others, and how appends get their one order."""
