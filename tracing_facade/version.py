"""The version of this package, for resource attributes and user agents."""

VERSION = "0.1.0"
