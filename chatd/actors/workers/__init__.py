"""One actor each: they follow the log, deliver notifications, post what is due, watch presence."""
