"""What is generated from the declaration: the workbook with its live checks, the dictionary, the table schema.

Not here: the declaration itself (``template``), reading a return (``parsing``), judging it (``judging``).
"""
