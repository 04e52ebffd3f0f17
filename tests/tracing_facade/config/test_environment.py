"""The OTEL_* variables fill what is not given, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tracing_facade import TracingConfiguration
from tracing_facade.config import effective_configuration
from tracing_facade.errors import ConfigurationError


@pytest.mark.parametrize(
    ("environ", "field", "value"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4317"}, "endpoint", "http://c:4317"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "a:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "b:2"}, "endpoint", "b:2"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, "protocol", "http/protobuf"),
        ({"OTEL_EXPORTER_OTLP_HEADERS": "k=v%20w, a=b"}, "headers", {"k": "v w", "a": "b"}),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, "compression", "gzip"),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2500"}, "export_timeout_seconds", 2.5),
        ({"OTEL_SERVICE_NAME": "shop"}, "service_name", "shop"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=shop,zone=eu"}, "service_name", "shop"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=x", "OTEL_SERVICE_NAME": "shop"}, "service_name", "shop"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "zone=eu%2Dwest"}, "resource_attributes", {"zone": "eu-west"}),
        ({"OTEL_SDK_DISABLED": "TRUE"}, "enabled", False),
        ({"OTEL_SDK_DISABLED": "1"}, "enabled", True),
        ({"OTEL_TRACES_EXPORTER": "none"}, "exporter", "none"),
        ({"OTEL_TRACES_SAMPLER": "always_off"}, "sampling_rate_per_million", 0),
        (
            {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"},
            "sampling_rate_per_million",
            250_000,
        ),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": "100"}, "queue_size", 100),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "  "}, "endpoint", "localhost:4317"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_variable_sets_its_field(environ: dict[str, str], field: str, value: Any) -> None:
    """As the OpenTelemetry specification says; an empty variable counts as unset."""
    assert getattr(effective_configuration(None, environ), field) == value


def test_what_is_given_wins() -> None:
    """Also when it equals the default."""
    given = TracingConfiguration(endpoint="localhost:4317", service_name="mine")
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "c:1", "OTEL_SERVICE_NAME": "theirs", "OTEL_BSP_MAX_QUEUE_SIZE": "9"}
    effective = effective_configuration(given, environ)
    assert (effective.endpoint, effective.service_name, effective.queue_size) == ("localhost:4317", "mine", 9)


@pytest.mark.parametrize(
    "environ",
    [
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT": "10s"},
        {"OTEL_EXPORTER_OTLP_COMPRESSION": "zstd"},
        {"OTEL_TRACES_SAMPLER": "sometimes"},
        {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "25%"},
        {"OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
        {"OTEL_RESOURCE_ATTRIBUTES": "nonsense"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://x"},
        {"OTEL_EXPORTER_OTLP_HEADERS": "=x"},
    ],
    ids=lambda environ: ",".join(environ.values()),
)
def test_a_wrong_variable_is_a_problem_that_names_it(environ: dict[str, str]) -> None:
    """Nothing is silently replaced by a default."""
    with pytest.raises(ConfigurationError) as caught:
        effective_configuration(None, environ)
    assert any(problem.path.startswith(list(environ)[-1].rpartition("_")[0]) for problem in caught.value.problems)


def test_header_files_are_read(tmp_path: Path) -> None:
    """The value is what the file holds, without the newline at its end."""
    (tmp_path / "token").write_text("Bearer abc\n")
    given = TracingConfiguration(headers={"x": "y"}, header_files={"authorization": str(tmp_path / "token")})
    assert effective_configuration(given, {}).headers == {"x": "y", "authorization": "Bearer abc"}


def test_a_header_file_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(ConfigurationError, match=r"cannot read .*none.*No such file"):
        effective_configuration(TracingConfiguration(header_files={"authorization": str(tmp_path / "none")}), {})


SECRET = "c2VjcmV0dG9rZW4"


@pytest.mark.parametrize(
    "environ",
    [
        {"OTEL_EXPORTER_OTLP_HEADERS": f"authorization: Basic {SECRET}="},
        {"OTEL_EXPORTER_OTLP_HEADERS": f"authorization Basic {SECRET}"},
        {"OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Basic%0A{SECRET}"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://user:{SECRET}@collector:4318"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"htp://user:{SECRET}@collector:4318"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"user:{SECRET}@collector:port"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://user:{SECRET}/x@collector:4318"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://user:{SECRET} @collector:4318"},
    ],
    ids=lambda environ: str(list(environ.values())),
)
def test_no_message_repeats_a_secret(environ: dict[str, str]) -> None:
    """Messages go to logs, and what was meant as a header or a password is no business of those who read them."""
    with pytest.raises(ConfigurationError) as caught:
        effective_configuration(None, environ)
    assert SECRET not in str(caught.value)
    assert next(iter(environ)) in str(caught.value)
