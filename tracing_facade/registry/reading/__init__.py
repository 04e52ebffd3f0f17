"""Reads declarations without running them: the same file, and the same words about it, as when it is imported.

The linter needs it to know what a program declares, the golden file to know what it promises, and the run time to
refuse what neither could know. Nothing here imports or executes what it reads.
"""
