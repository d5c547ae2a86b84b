"""Exports of places: their lines, the bytes of their files, and the shapes that others read.

`chatctl room export` and its like use this. Nothing here decides who may export what: the server does.
"""
