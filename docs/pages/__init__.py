"""The generated pages, one module each with ``TITLE`` and ``render``; ``docs.generate`` finds them."""
