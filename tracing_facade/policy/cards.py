"""Finds payment card numbers: the right length and issuer (ISO/IEC 7812), and a valid check digit (Luhn)."""

from __future__ import annotations

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.policy.url_redaction import REDACTED

_CANDIDATE = pattern_on_demand(
    # The first digit comes first, so that what cannot be one is passed over quickly.
    r"[2-6](?<![A-Za-z0-9.][2-6])(?:(?:[ -]{0,2}[0-9]){12,18}|[0-9]{3}(?:\.[0-9]{4}){2}\.[0-9]{1,4})(?![A-Za-z0-9])"
)
_BETWEEN = str.maketrans("", "", " .-")
_ISSUERS = pattern_on_demand(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5]|[689][0-9])[0-9]{11,16}"  # Diners Club
    r"|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12,15}"  # Discover
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12,15}"  # JCB
    r"|62[0-9]{14,17}"  # UnionPay
    r"|(?:50|5[6-9]|6[0-9])[0-9]{10,17}"  # Maestro
)
_SMALLEST, _LARGEST = 10**12, 10**19


def redact_cards(text: str) -> str:
    """Return ``text`` with every card number replaced; the same object when there is none."""
    if len(text) < 13 or not _CANDIDATE.search(text):
        return text
    return _CANDIDATE.sub(lambda match: REDACTED if is_card(match[0]) else match[0], text)


def is_card(number: str | int) -> bool:
    """Tell whether a number, with spaces and dashes or not, is one that a card could have."""
    if isinstance(number, int) and not _SMALLEST <= number < _LARGEST:
        return False
    digits = str(number).translate(_BETWEEN)
    return _ISSUERS.fullmatch(digits) is not None and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (position % 2 + 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
