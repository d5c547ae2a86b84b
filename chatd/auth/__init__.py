"""Proving who somebody is: passwords, tokens, single sign-on, and limits on guessing."""
