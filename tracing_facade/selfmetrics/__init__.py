"""What tracing counts about itself: what it records, drops and gets wrong, how long export takes, what waits.

::

    from tracing_facade import selfmetrics

    lost = selfmetrics.snapshot().total("spans_dropped")

``tracing_facade.prometheus`` shows the same to Prometheus. A forked child starts at zero: the sum over all processes is
the truth.
"""

from typing import TYPE_CHECKING

from tracing_facade._on_demand import names_on_demand
from tracing_facade.selfmetrics.counters import COUNTERS, Counters
from tracing_facade.selfmetrics.running import RUNNING

if TYPE_CHECKING:
    from tracing_facade.selfmetrics.exports import EXPORTS
    from tracing_facade.selfmetrics.snapshots import Snapshot, snapshot
else:
    __getattr__ = names_on_demand(
        globals(),
        {
            "tracing_facade.selfmetrics.exports": ("EXPORTS",),
            "tracing_facade.selfmetrics.snapshots": ("Snapshot", "snapshot"),
        },
    )

__all__ = ["COUNTERS", "EXPORTS", "RUNNING", "Counters", "Snapshot", "snapshot"]
