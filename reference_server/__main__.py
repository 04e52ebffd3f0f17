"""``python -m reference_server`` is the command ``reference-server``."""

import sys

from reference_server.installed_command import server

sys.exit(server())
