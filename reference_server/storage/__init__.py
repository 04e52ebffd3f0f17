"""Where objects are kept: the interface, SQLite behind it, and the spans around it."""
