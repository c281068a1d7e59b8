"""The commands of ``savings`` by what they are about; ``orchestration.cli`` gathers them.

Not here: the work that they call.
"""
