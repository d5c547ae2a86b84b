"""Views of the log: followers with tables of their own, which can be dropped and built again."""
