"""Typed lines: the rows of an accepted return under their contract, and the files that keep them.

Not here: reading rows from a workbook (``parsing``), and when they are written (``intake``).
"""
