"""A directorate's desk: the one folder that its officers read, with its page, its templates and its receipts.

Not here: receipts (``receipts``), what a template is filled with, and which are offered (``intake``).
"""
