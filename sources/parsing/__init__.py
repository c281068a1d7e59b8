"""From a workbook's cells to typed rows, each value with its sheet and cell.

Not here: the grammar of a cell (``grammar``) and whether the rows are right (``judging``).
"""
