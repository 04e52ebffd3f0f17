"""Takes finished spans out of the buffer and delivers them to a collector."""
