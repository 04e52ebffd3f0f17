"""Keeps ``tracing_facade`` the only way to start spans: a flake8 checker, a fast command and a codemod.

The checking path needs the standard library only, and never imports or runs what it checks.
"""
