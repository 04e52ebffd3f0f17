"""The command ``refctl``: a small kubectl that can ask for its requests to be traced."""
