"""One release for who reads many councils: the tables of each council's release in force, one after another.

Here belongs joining what councils have published, each in a home of its own. Not here: what a council's figures are
(``dbt_project``), how it publishes them (``publishing.release``), and which folders are councils
(``orchestration.councils``). Nothing of a council's home is changed, and no council sees any of it.
"""
