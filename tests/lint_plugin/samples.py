"""The hand-written samples of ``cases/samples.yaml``: how each is laid out on disk, and which verdict it wants."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_FILE = Path(__file__).parent / "cases" / "samples.yaml"

# Which rule has to report what the samples call by these names.
CODES = {
    "import": "TRF101",
    "dynamic": "TRF102",
    "loader": "TRF103",
    "sysmodules": "TRF104",
    "exec": "TRF105",
    "annotation": "TRF106",
    "reexport": "TRF107",
    "private": "TRF108",
    "opaque": "TRF151",
    "probe": "TRF152",
    "string": "TRF153",
    "vendor": "TRF154",
    "span-start": "TRF201",
    "span-name": "TRF203",
    "blanket-noqa": "TRF302",
}


class Expected(NamedTuple):
    """One line that a checker has to report, and what it is."""

    path: str
    line: int
    kind: str


class Sample(NamedTuple):
    """One program and the verdict on it.

    Args:
        name: its identifier.
        files: path and source of each file.
        allow: globs of files that may import what is sealed.
        expected: what is reported by default.
        strict: what strict mode reports besides.
        encoding: how the files are written.
    """

    name: str
    files: dict[str, str]
    allow: tuple[str, ...]
    expected: frozenset[Expected]
    strict: frozenset[Expected]
    encoding: str

    @property
    def silent(self) -> bool:
        """Nothing may be reported by default."""
        return not self.expected

    def write(self, folder: Path) -> None:
        """Lay the sample out below ``folder``, with its settings."""
        (folder / "pyproject.toml").write_text(f"[tool.tracing-facade]\nallow = {list(self.allow)!r}\n")
        for name, source in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.replace("{CODE}", "TRF101").encode(self.encoding))


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """Return all samples."""
    return tuple(_sample(entry) for entry in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def _sample(entry: dict[str, Any]) -> Sample:
    files = entry.get("files") or {entry.get("filename", "sample.py"): entry["code"]}
    default = next(iter(files))
    return Sample(
        name=entry["id"],
        files=files,
        allow=tuple(entry.get("allow", ())),
        expected=frozenset(_expected(place, default) for key in ("expect", "policy") for place in _places(entry, key)),
        strict=frozenset(_expected(place, default) for place in _places(entry, "strict")),
        encoding=entry.get("encoding", "utf-8"),
    )


def _places(entry: dict[str, Any], key: str) -> list[str]:
    places = entry.get(key, "none")
    return [] if places == "none" else list(places)


def _expected(place: str, default: str) -> Expected:
    *path, line, kind = place.split(":")
    return Expected(path[0] if path else default, int(line), kind)
