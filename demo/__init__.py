"""The demonstration: ``make demo`` shows the whole product at work."""
