"""Which rules only strict mode asks for, told without loading them."""

from __future__ import annotations

STRICT = frozenset(
    {
        "trf100_unreadable",
        "trf151_opaque_load",
        "trf152_sealed_probe",
        "trf153_sealed_string",
        "trf154_vendor_distribution",
        "trf214_undecided_trust",
        "trf301_reasonless_suppression",
        "trf302_blanket_suppression",
        "trf303_unused_suppression",
    }
)
"""Modules whose rules only strict mode asks for, so that they are not loaded without it; a test holds this to them."""
