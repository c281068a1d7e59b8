"""The transformation: the dbt project, and the Python that loads ``raw``, runs dbt and hashes content.

Here belongs everything between typed lines and a candidate warehouse. Not here: judging returns,
Great Expectations, publishing.
"""
