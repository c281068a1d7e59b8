"""What one cell may say: one grammar each for money, years, dates, names, references and lists.

Not here: which cell it is (``parsing``) and what it says beside others (``judging``).
"""
