"""What the council decides, not what a directorate sends: the reference folder under its contract.

The folder that comes with the project is ``reference/dorset``. Not here: what a return is (``template``).
"""
