"""chatd from outside: a real `chatd serve` process, spoken to only through its port and its socket."""
