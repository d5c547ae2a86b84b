"""What the pages of the project show is run as it stands (`blocks.py` says how a block is marked)."""
