"""The annual report's tables, pictures and figures, as a Word document and as a PDF, from one release.

Here belongs all that the committee clerk gets. Not here: what a figure is (``dbt_project``), how it is shown in
words (``publishing.site.shown``), and who asked for it (``orchestration``).
"""
