"""What the sender of a file reads of it.

Not here: how a single finding is worded (``findings``).
"""
