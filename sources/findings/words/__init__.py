"""The catalogue: every type of finding on a return, with every sentence that a person reads of it.

Here belong the types alone, one module per subject, in the order of the sheets. Not here: when something is
wrong (``parsing``, ``judging``), what all types share (``findings.fault``), how values become words
(``findings.wording``).

How to write one
----------------
::

    class YearWithoutAmount(Block):
        rule = "D19"
        wrong = "This line is deferred to {year}, but no amount is deferred."
        remedy = "Enter the amount, or clear [deferred_to_year]."
        year: str

- The base says what it does to the file: ``Block``, ``Hold``, ``Warn`` or ``Certify``.
- ``wrong`` says what is wrong, ``remedy`` how to correct it. Place and what was entered are put before and
  between them: do not repeat them. A remedy has been followed by hand before it is written down.
- ``{year}`` is a value, ``[deferred_to_year]`` is a column by the heading that people see.
  A ``Decimal`` is written as pounds, a ``date`` as a day, a ``tuple`` as a list; ``{lines:line}`` counts a noun,
  ``{name:column}`` is the heading of a column that is named by a value.
- ``live`` says what is wrong in the workbook itself, where no formula can name the values.
- Several versions of a text: the first whose values are all there is used. A value that may be missing is
  ``None``. Text from the file comes through ``findings.shown``.
- ``who`` is given where another than the rule's own must act: ``WhoActs.NOBODY`` if nothing is to be done.
- Write as GOV.UK does: short active sentences, "you", everyday words, the same word for the same thing. We say
  line (of the plan), row (of a sheet), saving, return, correct, send. No rule numbers, no field names.

A check then yields ``YearWithoutAmount(row.place("deferred_gbp"), year)``.
"""
