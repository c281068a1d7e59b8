"""Sample returns: the three of the published report, and three illustrative years.

Nothing of the warehouse imports this room. Not here: the council's lists (``reference``).
"""
