"""The site of a release: pages that anybody opens in a browser, from a folder or any web server.

Here belongs all that turns the tables of a release into pages, pictures and the files behind them. Not
here: what a figure is (``dbt_project``), and when a release is written (``publishing.release``). A page is
read from the release's own database, shows nothing that is not in it, and asks for nothing from outside.
"""
