"""A small abstract interpreter: follows names and constants through one file, bounded, and never runs any of it."""
