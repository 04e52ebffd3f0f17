"""``python -m tracing_facade.viewer``, the same as ``tracing-view``."""

import sys

from tracing_facade.viewer.command import main

if __name__ == "__main__":
    sys.exit(main())
