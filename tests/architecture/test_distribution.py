"""What an installation brings with it."""

from __future__ import annotations

import re
from importlib import metadata

import pytest


def _requirements(extra: str) -> set[str]:
    """Return the names of what an extra requires directly; of the package itself for an empty one."""
    found = set()
    for requirement in metadata.requires("tracing-facade") or ():
        told = re.search(r"extra == ['\"]([^'\"]+)['\"]", requirement)
        if (told[1] if told else "") == extra:
            found.add(re.split(r"[\s;<>=\[!~]", requirement, maxsplit=1)[0].lower())
    return found


def test_the_package_itself_needs_yaml_alone() -> None:
    """An application that only starts spans gets nothing else into its environment."""
    assert _requirements("") == {"pyyaml"}


def test_the_linter_brings_no_tracing_library() -> None:
    """The extra of the checker and the codemod installs neither OpenTelemetry nor gRPC."""
    assert _requirements("lint") == {"flake8", "libcst", "tomli"}


@pytest.mark.parametrize("extra", ["grpc", "otel", "otel-exporters", "lint", "server", "viewer"])
def test_every_extra_is_part_of_the_development_environment(extra: str) -> None:
    """What users can install is what the tests ran with."""
    extras = [item for item in metadata.requires("tracing-facade") or () if item.startswith("tracing-facade[")]
    assert any(extra in re.findall(r"[\w-]+", item.partition("]")[0]) for item in extras if "dev" in item)
