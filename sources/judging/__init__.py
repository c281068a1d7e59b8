"""Whether a return is right: the checks D01 to D80, and the verdict that their findings add up to.

Not here: reading (``parsing``), the words of a finding (``findings``), and what is done with a verdict (``intake``).
"""
