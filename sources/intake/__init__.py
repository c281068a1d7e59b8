"""The course of a submission: received, read, judged, its lines written, its receipt sent; and all of it made anew.

Not here: how each of these is done.
"""
