"""Configuration files: Kubernetes' verdicts for Kubernetes' files, and every problem with its line for ours."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracing_facade import TracingConfiguration, load_configuration
from tracing_facade.config import TrustGrant
from tracing_facade.errors import ConfigurationError

KUBERNETES = "apiVersion: apiserver.config.k8s.io/{version}\nkind: TracingConfiguration\n"
OURS = "apiVersion: tracing-facade/v1\nkind: TracingConfiguration\n"


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]  # returns a helper for this module only
    """Return a function that writes a configuration file and returns its path."""

    def _write(text: str | bytes) -> Path:
        path = tmp_path / "tracing.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


def _problems(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    return str(caught.value)


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_a_file_of_kubernetes_loads_unchanged(write, version: str) -> None:  # type: ignore[no-untyped-def]
    """All three versions have the same two fields."""
    path = write(KUBERNETES.format(version=version) + "endpoint: localhost:4317\nsamplingRatePerMillion: 12345\n")
    loaded = load_configuration(path)
    assert (loaded.endpoint, loaded.sampling_rate_per_million, loaded.protocol) == ("localhost:4317", 12345, "grpc")


def test_json_is_read_too(write) -> None:  # type: ignore[no-untyped-def]
    """Kubernetes takes JSON as well."""
    text = '{"apiVersion":"apiserver.config.k8s.io/v1","kind":"TracingConfiguration","samplingRatePerMillion":7}'
    assert load_configuration(write(text)).sampling_rate_per_million == 7


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_an_empty_file_is_valid_and_samples_no_root(write, text: str) -> None:  # type: ignore[no-untyped-def]
    """As in Kubernetes: the default endpoint, and nothing recorded unasked."""
    loaded = load_configuration(write(text))
    assert (loaded.endpoint, loaded.sampling_rate_per_million) == ("localhost:4317", 0)


def test_a_null_field_is_one_that_is_not_given(write) -> None:  # type: ignore[no-untyped-def]
    """Kubernetes' fields are pointers."""
    loaded = load_configuration(write(KUBERNETES.format(version="v1") + "endpoint: null\nsamplingRatePerMillion:\n"))
    assert (loaded.endpoint, loaded.sampling_rate_per_million) == ("localhost:4317", 0)


ACCEPTED_ENDPOINTS = [
    "localhost:4317", "dns://google.com:4317", "dns:///collector:4317", "unix:///var/run/otlp.sock",
    "unix-abstract://otlp", "collector", "'[::1]:4317'", '""',
]  # fmt: skip
REFUSED_ENDPOINTS = [
    ("http://localhost:4317", "unsupported scheme 'http'"),
    ("https://localhost:4317", "write 'localhost:4317'"),
    ("ftp://localhost", "allowed are none, dns, unix, unix-abstract"),
    ("dn%2s://localhost:4317", "cannot be parsed as a URL"),
    ("localhost:port", "'port' is not a port"),
]


@pytest.mark.parametrize("endpoint", ACCEPTED_ENDPOINTS)
def test_endpoints_that_kubernetes_accepts(write, endpoint: str) -> None:  # type: ignore[no-untyped-def]
    """The schemes are none, dns, unix and unix-abstract; a missing port is not an error there."""
    load_configuration(write(KUBERNETES.format(version="v1") + f"endpoint: {endpoint}\n"))


@pytest.mark.parametrize(("endpoint", "message"), REFUSED_ENDPOINTS)
def test_endpoints_that_kubernetes_refuses(write, endpoint: str, message: str) -> None:  # type: ignore[no-untyped-def]
    """Each with a message that says what to write instead."""
    text = _problems(write(KUBERNETES.format(version="v1") + f"endpoint: {endpoint}\n"))
    assert "line 3, endpoint: " in text
    assert message in text


@pytest.mark.parametrize(
    ("rate", "message"),
    [("-1", "is negative"), ("1000001", "more than one million"), ("true", "not a whole number"), ("1.5", "whole")],
)
def test_rates_that_are_refused(write, rate: str, message: str) -> None:  # type: ignore[no-untyped-def]
    """0 to one million, and a boolean is no number."""
    text = _problems(write(KUBERNETES.format(version="v1") + f"samplingRatePerMillion: {rate}\n"))
    assert "line 3, samplingRatePerMillion: " in text
    assert message in text


@pytest.mark.parametrize("rate", [0, 1, 1_000_000])
def test_rates_that_are_accepted(write, rate: int) -> None:  # type: ignore[no-untyped-def]
    """Both ends count."""
    path = write(KUBERNETES.format(version="v1") + f"samplingRatePerMillion: {rate}\n")
    assert load_configuration(path).sampling_rate_per_million == rate


REFUSED_DOCUMENTS = {
    "duplicate key": (KUBERNETES.format(version="v1") + "endpoint: a:1\nendpoint: b:2\n", "line 4, endpoint: is given"),
    "unknown key": (KUBERNETES.format(version="v1") + "endpoints: a:1\n", "did you mean endpoint?"),
    "ours only": (KUBERNETES.format(version="v1") + "queueSize: 5\n", "apiVersion tracing-facade/v1 only"),
    "wrong kind": ("apiVersion: apps/v1\nkind: DaemonSet\n", "no kind 'DaemonSet' is registered for version 'apps/v1'"),
    "wrong version": ("apiVersion: apiserver.config.k8s.io/v2\nkind: TracingConfiguration\n", "v1alpha1"),
    "no kind": ("apiVersion: tracing-facade/v1\n", "kind: is missing"),
    "no version": ("endpoint: localhost:4317\n", "apiVersion: is missing"),
    "a list": ("- a\n", "is a list, not a mapping"),
    "a text": ("hello\n", "is str 'hello', not a mapping"),
    "two documents": ("a: 1\n---\nb: 2\n", "is not YAML"),
    "no YAML": ("a: [1\n", "is not YAML"),
    "a tag": ("a: !!python/object/apply:os.system ['true']\n", "is not YAML"),
    "no boolean": ("a: !!bool maybe\n", "'maybe' is no 'tag:yaml.org,2002:bool'"),
    "no time": ("\na: [!!timestamp soon]\n", "line 2: 'soon' is no"),
    "not UTF-8": (b"a: \xff\n", "is not UTF-8"),
    "aliases": ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    ), "more than 10000 values"),
    "itself": ("a: &a [*a]\n", "levels"),
    "too deep": ("[" * 5000, "is n"),
    "too large": ("# " + "x" * 1_100_000, "is larger than"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_DOCUMENTS)
def test_documents_that_are_refused(write, case: str) -> None:  # type: ignore[no-untyped-def]
    """Strictly, with a reason, and without running or exhausting anything."""
    content, message = REFUSED_DOCUMENTS[case]
    assert message in _problems(write(content))


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    """The message names the path."""
    assert f"tracing-config-file {tmp_path}/none does not exist" in _problems(tmp_path / "none")


def test_a_directory(tmp_path: Path) -> None:
    """The message says what it is."""
    assert "is a directory" in _problems(tmp_path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A link in a circle cannot be opened by anybody, root included."""
    os.symlink(tmp_path / "loop", tmp_path / "loop")
    assert "unable to read tracing configuration" in _problems(tmp_path / "loop")


def test_our_version_carries_the_rest(write) -> None:  # type: ignore[no-untyped-def]
    """Camel-case names, durations with units, nested objects."""
    loaded = load_configuration(
        write(
            OURS
            + """
endpoint: http://localhost:4318
protocol: http/protobuf
samplingRatePerMillion: 10
exportInterval: 250ms
exportTimeout: 3
headers: {x-team: blue}
tls: {caFile: /etc/ca.pem}
resourceAttributes: {deployment.environment.name: test, shard: 3}
trust:
- groups: ["system:masters"]
  networks: ["10.0.0.0/8"]
  force: true
propagateTo: ["*.example.com", "localhost:8080"]
queryAllow: [watch]
slowAfter: {"shop.checkout": 500ms}
"""
        )
    )
    assert loaded == TracingConfiguration(
        endpoint="http://localhost:4318",
        protocol="http/protobuf",
        sampling_rate_per_million=10,
        export_interval_seconds=0.25,
        export_timeout_seconds=3,
        headers={"x-team": "blue"},
        tls=loaded.tls,
        resource_attributes={"deployment.environment.name": "test", "shard": 3},
        trust=(TrustGrant(groups=("system:masters",), networks=("10.0.0.0/8",), force=True),),
        propagate_to=("*.example.com", "localhost:8080"),
        query_allow=("watch",),
        slow_after={"shop.checkout": 0.5},
    )


def test_all_problems_are_reported_at_once_with_their_lines(write) -> None:  # type: ignore[no-untyped-def]
    """Nobody mends a file one error at a time."""
    text = _problems(
        write(
            OURS
            + """endpoint: 5
samplingRatePerMillion: -5
exportInterval: 5x
trust:
- join: yes
  netwroks: [1]
- networks: ["10.0.0.0/33"]
propagateTo: ["http://x"]
queueSiz: 3
"""
        )
    )
    for expected in (
        "line 3, endpoint: 5 is not a string",
        "line 4, samplingRatePerMillion: -5",
        "line 5, exportInterval: '5x' is not a duration",
        "line 7, trust[0]: has no condition",
        "line 8, trust[0].netwroks: unknown field",
        "line 9, trust[1].networks[0]: '10.0.0.0/33' is not a network",
        "line 10, propagateTo[0]: 'http://x' is not a host pattern",
        "line 11, queueSiz: unknown field (strict decoding error); did you mean queueSize?",
    ):
        assert expected in text


def test_header_values_stay_secret(write) -> None:  # type: ignore[no-untyped-def]
    """Neither an error nor the representation shows one."""
    assert "hunter2" not in _problems(write(OURS + 'headers: {"bad name": hunter2, ok: "hunter2\\n"}\n'))
    assert "hunter2" not in repr(TracingConfiguration(headers={"authorization": "hunter2"}))


def test_a_wrong_file_can_turn_tracing_off_instead(write, caplog: pytest.LogCaptureFixture) -> None:  # type: ignore[no-untyped-def]
    """onInvalid: disable keeps the service up and says loudly that it is not traced."""
    with caplog.at_level(logging.ERROR):
        loaded = load_configuration(write(OURS + "onInvalid: disable\nsamplingRatePerMillion: -1\n"))
    assert not loaded.enabled
    assert "tracing is OFF" in caplog.text
    assert "samplingRatePerMillion: -1 is negative" in caplog.text


@given(st.text(max_size=200))
def test_any_text_loads_or_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Nothing but ConfigurationError comes out, whatever is in the file."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode(errors="surrogatepass"))
    try:
        load_configuration(path)
    except ConfigurationError as error:
        refused = error
    else:
        return
    assert refused.problems
