"""Releases: what readers get, how it is written, and which of them is current.

Here belongs everything between a candidate with its evidence and the release that BI reads. Not
here: building and checking the candidate, the command line.
"""
