"""What can be said of a return: the catalogue of rules, the shape of a finding, and its words.

Not here: when a rule is broken (``judging``), and how a receipt is laid out (``receipts``).
"""
