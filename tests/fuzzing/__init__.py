"""Attacks the engines with whatever an application could do to them; `python -m tests.fuzzing --help` says how."""
