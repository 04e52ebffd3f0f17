"""OpenTelemetry's semantic conventions: which attributes are published, with their types, values and stability.

Only what a declaration is checked against is kept, not the prose. The table is generated (``generate.py``), and is read
when it is first asked for.
"""
