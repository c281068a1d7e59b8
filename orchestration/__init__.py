"""The wiring: settings, the Dagster code location, and the ``savings`` command line.

Here belongs what runs when. Not here: parsing, SQL, rules, or anything that knows a figure.
"""
