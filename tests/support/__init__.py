"""What tests share: real servers and tools, one noun per module."""
