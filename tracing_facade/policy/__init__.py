"""What may be recorded and leave the process; ``configure(policy=Policy(...))`` puts it in force."""

from typing import TYPE_CHECKING

from tracing_facade._on_demand import names_on_demand

if TYPE_CHECKING:
    from tracing_facade.policy.loading import load_policy
    from tracing_facade.policy.settings import LevelRule, Policy, SamplingRule
else:
    __getattr__ = names_on_demand(
        globals(),
        {
            "tracing_facade.policy.loading": ("load_policy",),
            "tracing_facade.policy.settings": ("LevelRule", "Policy", "SamplingRule"),
        },
    )

__all__ = ["LevelRule", "Policy", "SamplingRule", "load_policy"]
