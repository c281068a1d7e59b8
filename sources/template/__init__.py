"""What a return is: the one declaration of its sheets, columns, kinds and words.

Not here: what is generated from it (``contract``), and the lists that a council decides (``reference``).
"""
