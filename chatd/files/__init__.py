"""The bytes of files: where they are stored, and what is found out about them."""
