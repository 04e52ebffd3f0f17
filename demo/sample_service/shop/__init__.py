"""A shop that handles the orders it finds in a queue."""
