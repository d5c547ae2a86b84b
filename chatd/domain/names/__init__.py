"""Names of accounts: when two are equal, when one looks like another, and where a text mentions one."""
