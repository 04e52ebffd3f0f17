"""``python -m reference_server`` is the command ``reference-server``."""

import sys

from reference_server.command import main

sys.exit(main())
