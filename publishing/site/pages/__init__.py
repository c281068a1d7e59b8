"""The pages, one module for each group: what they say, from the release's own marts."""
