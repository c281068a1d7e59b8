"""Bytes first, then the event: what landed, what is kept for ever, and the index over it.

Not here: what is in a file.
"""
