"""The hand-written samples of ``cases/*.yaml``: how each is laid out on disk, and which verdict it wants."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))

# Several times faster, where it is compiled.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

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
        strict: what strict mode reports besides; ``None`` when it may report more or nothing.
        encoding: how the files are written.
        settings: more lines of settings.
        group: what it is about.
    """

    name: str
    files: dict[str, str]
    allow: tuple[str, ...]
    expected: frozenset[Expected]
    strict: frozenset[Expected] | None
    encoding: str
    settings: str
    group: str

    @property
    def silent(self) -> bool:
        """Nothing may be reported by default."""
        return not self.expected

    def write(self, folder: Path) -> None:
        """Lay the sample out below ``folder``, with its settings."""
        settings = f"[tool.tracing-facade]\nallow = {list(self.allow)!r}\n{self.settings}\n"
        (folder / "pyproject.toml").write_text(settings)
        for name, source in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.replace("{CODE}", "TRF101").encode(self.encoding))


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """Return all samples."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in _FILES}
    return tuple(_sample(entry, group) for group, text in texts.items() for entry in yaml.load(text, _LOADER))


def shared_samples() -> list[Sample]:
    """Return a selection that is small enough for what takes long with each: those of ``samples.yaml``."""
    return [one for one in samples() if "-" in one.group]


def _sample(entry: dict[str, Any], group: str) -> Sample:
    files = entry.get("files") or {entry.get("filename", "sample.py"): entry["code"]}
    default = next(iter(files))
    return Sample(
        name=entry["id"],
        files=files,
        allow=tuple(entry.get("allow", ())),
        expected=frozenset(_expected(place, default) for key in ("expect", "policy") for place in _places(entry, key)),
        strict=_strict(entry, default),
        encoding=entry.get("encoding", "utf-8"),
        settings=entry.get("settings", ""),
        group=entry.get("group", group),
    )


def _strict(entry: dict[str, Any], default: str) -> frozenset[Expected] | None:
    if "strict" not in entry:
        return None
    return frozenset(_expected(place, default) for place in _places(entry, "strict"))


def _places(entry: dict[str, Any], key: str) -> list[str]:
    places = entry.get(key, "none")
    return [] if places == "none" else list(places)


def _expected(place: str, default: str) -> Expected:
    *path, line, kind = place.split(":")
    return Expected(path[0] if path else default, int(line), kind)
