"""Pictures: what identifies people is cut out of them, and previews are made, in a process of their own.

`process` starts it; `child` and what that imports run in it, and import nothing else of chatd.
"""
