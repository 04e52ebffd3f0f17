"""``tracing-lint policy``: is a policy in order? Nothing is started, and no declaration is run, to find out."""
