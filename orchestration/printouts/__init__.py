"""What commands print: the summary of a load, the status, tables of text and JSON.

Not here: the figures (``publishing``), and the commands (``commands``).
"""
