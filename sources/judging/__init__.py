"""Whether a return is right: the checks D01 to D72, their findings, and the verdict they add up to.

Not here: reading (``parsing``) and what is done with a verdict (``intake``).
"""
