"""What makes actors run: mailboxes, supervision, the directory, the log writer, the bus, the feed."""
