"""Three illustrative years of returns, made from a scenario file: ``python -m sources.samples.many_years TARGET``.

Here belongs the made-up history that shows what a warehouse of several years looks like and that
tests compare with an independent calculation: ``samples/many_years/*.csv`` says what happens, a seed
decides the amounts around it. Not here: Dorset's published 2021/22 (``samples.published``). Nothing of
the warehouse imports this room.
"""
