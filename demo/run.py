"""The whole product in under a minute: ``make demo``. Exits with 0 when everything was as it should be."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from demo.migration_part import show_migration
from demo.processes import Background, DemonstrationFailed
from demo.server_part import show_server
from demo.telling import chapter, say, show


def main() -> int:
    """Run the demonstration; return 1 when something was not as it should be, and say what."""
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="tracing-facade-demo-") as folder:
            _demonstrate(Path(folder))
    except DemonstrationFailed as failure:
        print(f"\nThe demonstration has failed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    chapter(f"Everything was as it should be, in {time.monotonic() - started:.0f} seconds")
    return 0


def _demonstrate(folder: Path) -> None:
    chapter("One traced request, end to end")
    say("Start the viewer, which receives spans and shows traces")
    show("$ tracing-view")
    ports = ["--http-port", "0", "--grpc-port", "0", "--quiet", "0.5"]
    with Background(["tracing-view", *ports], folder / "viewer.log") as viewer:
        listening = viewer.wait_for(r"HTTP (?P<http>http://[^ ,]+), gRPC (?P<grpc>[^ ]+)\. ")
        show(listening.string)
        show_server(folder, listening["http"], listening["grpc"])
        chapter("A service that uses OpenTelemetry directly, migrated")
        show_migration(folder, listening["http"], listening["grpc"])


if __name__ == "__main__":
    sys.exit(main())
