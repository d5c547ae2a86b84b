"""Who may do what: roles and their rights, access to a room, bots, and who is notified."""
