"""What the files of a project do with each other's names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint_plugin.codemod.command import main
from lint_plugin.codemod.names import Others
from lint_plugin.codemod.readers import Readers

PATH = "shop/telemetry.py"


def found(source: str, name: str = "tracer", path: str = "shop/user.py") -> Others:
    """Return what a file does with a name of `shop/telemetry.py`."""
    readers = Readers({PATH: [name]}, {PATH: [name]})
    readers.look_into(path, source.encode())
    return readers.found().get(PATH, Others({}, {}))


READS = {
    "an import": "from shop.telemetry import tracer\n",
    "an import by another name": "from .telemetry import tracer as t\n",
    "one of several": "from .telemetry import (\n    a,  # b\n    tracer,\n)\n",
    "a star, which may pass it on": "from telemetry import *\n",
    "an attribute of the module": "import shop.telemetry\nprint(shop.telemetry.tracer)\n",
    "an attribute of the module by another name": "from . import telemetry as t\nt.tracer.start_span('x')\n",
}


@pytest.mark.parametrize("source", READS.values(), ids=READS)
def test_a_name_is_read(source: str) -> None:
    """With the place where."""
    assert found(source).read == {
        "tracer": f"shop/user.py:{source.count(chr(10)) if 'print' in source or 't.' in source else 1}"
    }


REPLACES = {
    "mock": "with mock.patch('shop.telemetry.tracer'): pass\n",
    "a method of it": "@patch('shop.telemetry.tracer.start_as_current_span')\ndef f(): pass\n",
    "monkeypatch": "import shop.telemetry\nmonkeypatch.setattr(shop.telemetry, 'tracer', None)\n",
    "patch.object": "from . import telemetry as t\nmock.patch.object(t, 'tracer')\n",
    "an assignment": "import telemetry\ntelemetry.tracer = None\n",
}


@pytest.mark.parametrize("source", REPLACES.values(), ids=REPLACES)
def test_a_name_gets_another_value(source: str) -> None:
    """Tests do that."""
    assert list(found(source).replaced) == ["tracer"]


OTHERS = {
    "another module": "from other import tracer\n",
    "another name": "from telemetry import tracers\n",
    "a local name": "tracer = 5\nprint(tracer)\n",
    "an attribute of something else": "import telemetry\nprint(self.tracer)\n",
    "no Python": "from telemetry import tracer (\n",
}


@pytest.mark.parametrize("source", OTHERS.values(), ids=OTHERS)
def test_other_things_are_not_meant(source: str) -> None:
    """Names alone mean nothing."""
    assert found(source) in (Others({}, {}), found("from telemetry import tracer\n"))


def test_an_attribute_counts_where_its_class_is_known() -> None:
    """An object may have come from anywhere then."""
    used = "from telemetry import Client\nprint(client.tracer)\nclient.other = 5\n"
    assert found(used, "Client.tracer").read == {"Client.tracer": "shop/user.py:2"}
    assert found("print(client.tracer)\n", "Client.tracer").read == {}
    assert list(found("from telemetry import Client\nclient.tracer = 5\n", "Client.tracer").replaced) == [
        "Client.tracer"
    ]


TELEMETRY = "from opentelemetry import trace\n\ntracer = trace.get_tracer('shop')\n"
USER = "{}\n\ndef f():\n    with tracer.start_as_current_span('w') as span:\n        span.set_attribute('a', 1)\n"


def write(folder: Path, **sources: str) -> None:
    """Write a package."""
    (folder / "shop").mkdir()
    for name, source in {"__init__": "", **sources}.items():
        (folder / "shop" / f"{name}.py").write_text(source)


def test_a_tracer_is_followed_into_other_files(tmp_path: Path) -> None:
    """Through relative and absolute imports and a package; it goes when the last file has been migrated."""
    write(
        tmp_path,
        __init__="from .telemetry import tracer\n",
        telemetry=TELEMETRY,
        a=USER.format("from .telemetry import tracer"),
        b=USER.format("from shop.telemetry import tracer"),
        c=USER.format("from . import tracer"),
    )
    assert main(["fix", str(tmp_path)]) == 1
    for name in "abc":
        shown = (tmp_path / "shop" / f"{name}.py").read_text()
        assert shown.startswith("import tracing_facade as tracing\n")
        assert "tracing.start_span('w')" in shown
        assert "tracer" not in shown
    assert main(["fix", "--check", str(tmp_path)]) == 1  # the package exports the tracer still
    assert (tmp_path / "shop" / "telemetry.py").read_text() == TELEMETRY


def test_a_tracer_that_nobody_uses_any_more_goes(tmp_path: Path) -> None:
    """In the same run, although its own file has no span."""
    write(tmp_path, telemetry=TELEMETRY + "with tracer.start_as_current_span('w'): pass\n",
          a=USER.format("from .telemetry import tracer"))  # fmt: skip
    main(["fix", str(tmp_path)])
    assert "opentelemetry" not in (tmp_path / "shop" / "telemetry.py").read_text()
    assert main(["fix", str(tmp_path)]) == 0


def test_files_that_are_not_named_count_too(tmp_path: Path) -> None:
    """pre-commit names the changed files only, and must not break the others."""
    (tmp_path / "pyproject.toml").write_text("")
    write(tmp_path, telemetry=TELEMETRY + "with tracer.start_as_current_span('w'): pass\n",
          a="from .telemetry import tracer\nprint(tracer)\n")  # fmt: skip
    main(["fix", str(tmp_path / "shop" / "telemetry.py")])
    shown = (tmp_path / "shop" / "telemetry.py").read_text()
    assert "tracing.start_span('w')" in shown
    assert "tracer = trace.get_tracer('shop')" in shown


def test_what_a_test_patches_is_left(tmp_path: Path) -> None:
    """Its spans too: the test wants to see the calls."""
    source = TELEMETRY + "with tracer.start_as_current_span('w'): pass\n"
    write(tmp_path, telemetry=source, test="mock.patch('shop.telemetry.tracer')\n")
    main(["fix", str(tmp_path)])
    assert (tmp_path / "shop" / "telemetry.py").read_text() == source
