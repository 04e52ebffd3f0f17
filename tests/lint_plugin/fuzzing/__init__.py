"""Gives the checker what nobody would write: it must neither crash, nor hang, nor run any of it."""
