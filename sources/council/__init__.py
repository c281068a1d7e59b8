"""What the council decides, not what a directorate sends: the reference folder under its contract.

Not here: the bundled folder itself (``sources/reference/``).
"""
