"""``tracing-lint spans``: what a program declares, what it promises, and whether a change keeps the promise."""
