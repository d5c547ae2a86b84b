"""Rooms of Matrix: the JSON that Element exports, alone or in a zip with its media, one room in each."""
