"""Adapters for what receives requests; each is imported by its own name."""
