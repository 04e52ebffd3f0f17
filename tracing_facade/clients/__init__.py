"""Adapters for what sends requests; each is imported by its own name."""
