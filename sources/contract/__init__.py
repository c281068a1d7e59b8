"""What a return is: the one declaration of its template, and what is generated from it.

Not here: reading a return (``parsing``), judging it (``judging``), the council's own lists (``council``).
"""
