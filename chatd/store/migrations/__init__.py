"""Numbered steps from each version of the data model to the next, as SQL files beside this page."""
