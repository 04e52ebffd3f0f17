"""What may be recorded and leave the process; ``configure(policy=Policy(...))`` puts it in force."""

from tracing_facade.policy.loading import load_policy
from tracing_facade.policy.settings import Policy, SamplingRule

__all__ = ["Policy", "SamplingRule", "load_policy"]
