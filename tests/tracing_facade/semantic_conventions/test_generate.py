"""The table is made of the published artifacts."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tracing_facade.semantic_conventions import generate

STABLE = """
  /** Method. */
  public static final AttributeKey<String> SHOP_METHOD =
      stringKey("shop.method");
  /** Header. */
  public static final AttributeKeyTemplate<List<String>> SHOP_HEADER = stringArrayKeyTemplate("shop.header");
  /** Values for {@link #SHOP_METHOD}. */
  public static final class ShopMethodValues {
    /** Buy. */
    public static final String BUY = "BUY";
    private ShopMethodValues() {}
  }
"""
INCUBATING = """
  /** Method.
   * @deprecated deprecated in favor of stable {@link io.opentelemetry.semconv.ShopAttributes#SHOP_METHOD} attribute.
   */
  @Deprecated
  public static final AttributeKey<String> SHOP_METHOD = stringKey("shop.method");
  /** Size. */
  public static final AttributeKey<Long> SHOP_SIZE = longKey("shop.size");
  /** Ratios. */
  public static final AttributeKey<List<Double>> SHOP_RATIOS = doubleArrayKey("shop.ratios");
  /** Old.
   *
   * @deprecated Replaced by {@code shop.size} and {@code
   *     shop.method}, see {@code the docs}.
   */
  @Deprecated public static final AttributeKey<Boolean> SHOP_OLD = booleanKey("shop.old");
  /**
   * Values for {@link #SHOP_METHOD}
   *
   * @deprecated deprecated in favor of stable.
   */
  @Deprecated
  public static final class ShopMethodIncubatingValues {
    /** Lend. */
    public static final String LEND = "LEND";
    /** Gone. */
    @Deprecated public static final String STEAL = "STEAL";
  }
  /** Values for {@link #SHOP_SIZE}. */
  public static final class ShopSizeIncubatingValues {
    public static final long SMALL = 1;
  }
"""


def test_a_row_holds_type_values_stability_and_replacement() -> None:
    """Values of both artifacts, without deprecated ones; what only moved to the stable one is not deprecated."""
    assert generate.attributes(STABLE, INCUBATING) == {
        "shop.header": {"type": "string[]", "template": True, "stable": True},
        "shop.method": {"type": "string", "values": ["BUY", "LEND"], "stable": True},
        "shop.old": {"type": "boolean", "deprecated": ["shop.size", "shop.method"]},
        "shop.ratios": {"type": "double[]"},
        "shop.size": {"type": "int", "values": [1]},
    }


def _artifact(folder: Path, name: str, source: str) -> None:
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("io/ShopAttributes.java", source)
        archive.writestr("io/ShopMetrics.java", INCUBATING.replace("shop.", "metric."))


def test_both_artifacts_of_one_release_are_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says what is there."""
    _artifact(tmp_path, "opentelemetry-semconv-1.2.3-sources.jar", STABLE)
    _artifact(tmp_path, "opentelemetry-semconv-incubating-1.2.4-alpha-sources.jar", INCUBATING)
    with pytest.raises(SystemExit, match="2"):
        generate.main([str(tmp_path)])
    assert "opentelemetry-semconv-1.2.3-sources.jar" in capsys.readouterr().err


def test_the_release_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the names of the artifacts; of the files only those of attributes are read."""
    _artifact(tmp_path, "opentelemetry-semconv-1.2.3-sources.jar", STABLE)
    _artifact(tmp_path, "opentelemetry-semconv-incubating-1.2.3-alpha-sources.jar", INCUBATING)
    monkeypatch.setattr(generate, "DATA", tmp_path / "attributes.json")
    assert generate.main([str(tmp_path)]) == 0
    written = json.loads((tmp_path / "attributes.json").read_text())
    assert written["release"] == "1.2.3"
    assert list(written["attributes"]) == ["shop.header", "shop.method", "shop.old", "shop.ratios", "shop.size"]
