"""The guarded reader: a file's cells, or one refusal, from a child process that cannot harm the night.

Not here: what the cells mean.
"""
