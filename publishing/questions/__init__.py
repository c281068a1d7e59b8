"""The documented questions, about whichever council a release is of."""
