"""Finds secrets in text by how they look, and replaces them by ``REDACTED``.

Each detector is one regular expression that takes time linear in the text, behind a test for a few characters that it
cannot do without; most texts have none of them. Too much is redacted rather than too little: text such as
``invalid token: "x"`` loses its ``x``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from tracing_facade._on_demand import pattern_on_demand
from tracing_facade.policy.cards import redact_cards
from tracing_facade.policy.url_redaction import REDACTED, redacted_url

MOST_CHARACTERS = 65_536
"""Longer texts are cut here before anything looks at them."""

# Names whose values are secret, wherever they stand in a longer name: db_password, X-Api-Key, aws.secretAccessKey.
_SECRET_NAME = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|api[ _.-]?key|(?:access|account|private|encryption|signing|master|"
    r"shared|subscription)[ _.-]?key|credential|authori[sz]ation|(?:x-)?auth(?![a-z])|bearer|"
    r"signature|(?<![a-z])sig(?![a-z])|session[ _.-]?(?:id|key)|sessid|cookie|(?:c|x)srf|(?<![a-z])otp(?![a-z])|cvv2?|"
    r"(?<![a-z])cvc2?(?![a-z])|(?<![a-z])ssn(?![a-z])|assertion|saml(?:request|response)|dsn(?![a-z])"
)
_QUOTE = r"\\{0,2}[\"'`]"
_LETTERS = r"[\w.\-]{0,64}"
# = or : in their usual clothes: quoted names, escaped quotes, percent-encoding, a pair in a tuple, an arrow.
_IS = rf"(?:(?:{_QUOTE})?\]?\s{{0,8}}(?:=>|:=|=|:|%3[dDaA])|{_QUOTE}\s{{0,8}},)\s{{0,8}}"
_VALUE = (
    r"(?:[bru]{0,2}(?P<quote>\\{0,2}[\"'`])(?:(?!(?P=quote)).){1,8192}|\[[^\]]{1,8192}|\{[^}]{1,8192}|\([^)]{1,8192}|"
    r"[^\s&;,\"'`<>)}\]|\\]{1,8192})"
)

_NAMED = pattern_on_demand(rf"(?P<before>(?i:{_SECRET_NAME}){_LETTERS}{_IS}){_VALUE}", re.DOTALL)
_WHOLE_LINE = pattern_on_demand(
    rf"(?P<before>(?i:authori[sz]ation|cookie|x-api-key){_LETTERS}{_IS}[bru]{{0,2}}(?:{_QUOTE})?)[^\r\n\"'`\\]{{1,8192}}"
)
_OPTION = pattern_on_demand(
    rf"(?P<before>(?<![^\s\"'`\[(,])--?(?i:[\w-]{{0,32}}?(?:{_SECRET_NAME})[\w-]{{0,32}})[\"'`]?,?\s{{1,8}}[\"'`]?)[^\s\"'`-][^\s\"'`]{{0,8191}}"
)
_SQL = pattern_on_demand(
    r"(?P<before>(?i:identified\s{1,8}by|password)\s{1,8}(?:(?i:password)\s{1,8})?)(?P<quote>[\"'])(?:(?!(?P=quote)).){1,8192}"
)
_ELEMENT = pattern_on_demand(
    rf"(?P<before><[\w:.-]{{0,64}}?(?i:{_SECRET_NAME})[\w:.-]{{0,64}}(?:\s[^<>]{{0,512}})?>)[^<]{{1,8192}}"
)
_SCHEME = pattern_on_demand(
    r"(?P<before>\b(?i:bearer|basic|digest|negotiate|token|apikey)(?:\s{1,8}|%20|\+))"
    r"(?=[^\s]{0,64}[0-9A-Z_~+/=]|[^\s]{16})[A-Za-z0-9._~+/=\-]{6,8192}"
)
_TOKENS = pattern_on_demand(
    r"\beyJ[A-Za-z0-9_-]{6,4096}(?:\.[A-Za-z0-9_-]{1,8192}){1,4}\.?"  # JSON Web Token, signed or encrypted
    r"|(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)[A-Z0-9]{12,24}"
    r"|(?<![A-Za-z0-9])(?:gh[a-z]_[A-Za-z0-9]{20,512}|github_pat_[A-Za-z0-9_]{20,512})"
    r"|(?<![A-Za-z0-9])gl(?:[a-z]{2,6})-[A-Za-z0-9_-]{16,512}"
    r"|(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,512}|(?<![A-Za-z0-9])xapp-[A-Za-z0-9-]{10,512}"
    r"|(?<![A-Za-z0-9])(?:sk|pk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,512}"
    r"|(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,512}"
    r"|(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,64}|(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{16,2048}"
    r"|(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{30,64}|pypi-[A-Za-z0-9_-]{16,1024}|hf_[A-Za-z0-9]{24,128})"
    r"|(?<![A-Za-z0-9])(?:hvs|hvb|s)\.[A-Za-z0-9_-]{24,512}|(?<![A-Za-z0-9])dop_v1_[a-f0-9]{32,128}"
    r"|(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}|(?<![A-Za-z0-9])AGE-SECRET-KEY-1[A-Z0-9]{20,128}"
)
_PRIVATE_KEY = pattern_on_demand(
    r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END).)*(?:-----END [A-Z0-9 ]{0,64}-----)?",
    re.DOTALL,
)
_URL = pattern_on_demand(r"[A-Za-z][A-Za-z0-9+.\-]{1,32}://[^\s\"'`<>\\]{1,8192}")
_EMAIL = pattern_on_demand(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}")
_SECRET_KEY = pattern_on_demand(
    rf"(?i:(?:^|[._\-\s])(?:[a-z0-9]{{0,32}}[_-])?(?:{_SECRET_NAME})(?:[_-]?(?:value|header|hash|b64|base64))?$)"
    r"|(?:Password|Secret|Token|ApiKey|Passwd|Credentials?)$"
)
_NOT_SECRET_KEY = pattern_on_demand(
    r"(?i:signature[_.-]?(?:algorithm|version)|session[._]id|token[_.-]?(?:type|count))$"
)


class _Detector(NamedTuple):
    """What a text must contain so that ``redact`` can find anything."""

    any_of: tuple[str, ...]
    redact: Callable[[str], str]


def _keep_name(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def replacement(match: re.Match[str]) -> str:
        quote = match.groupdict().get("quote") or ""
        return f"{match['before']}{quote}{REDACTED}"

    return lambda text: pattern.sub(replacement, text)


def _replace(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: pattern.sub(REDACTED, text)


_DETECTORS = (
    _Detector(("PRIVATE KEY",), _replace(_PRIVATE_KEY)),
    _Detector(("=", ":", "%3", '",', "',"), _keep_name(_WHOLE_LINE)),
    _Detector(("=", ":", "%3", '",', "',"), _keep_name(_NAMED)),
    _Detector(("-",), _keep_name(_OPTION)),
    _Detector((" '", ' "', "\t'", "\n'"), _keep_name(_SQL)),
    _Detector(("</",), _keep_name(_ELEMENT)),
    _Detector((" ", "\t", "%20", "+"), _keep_name(_SCHEME)),
    _Detector(("-", "_", ".", "AKIA", "ASIA", "AIza", "A3T", "AROA", "AIDA", "AGPA", "AIPA", "ANPA", "ANVA", "APKA",
               "ABIA", "ACCA", "ASCA"), _replace(_TOKENS)),
)  # fmt: skip


class SecretFinder:
    """Redacts what looks secret.

    Args:
        query_allow: names of query parameters whose values may stay in URLs.
        emails: whether e-mail addresses count as secret.
    """

    def __init__(self, query_allow: Collection[str] = (), *, emails: bool = False) -> None:
        self._query_allow = frozenset(query_allow)
        self._emails = emails

    def redact(self, text: str) -> str:
        """Return ``text`` without secrets, cut to 65,536 characters; the same object when there is nothing to do."""
        if len(text) > MOST_CHARACTERS:
            text = text[:MOST_CHARACTERS]
        found = self._urls(text) if "://" in text else text
        for any_of, redact in _DETECTORS:
            for needed in any_of:
                if needed in found:
                    found = redact(found)
                    break
        if self._emails and "@" in found:
            found = _EMAIL.sub(REDACTED, found)
        found = redact_cards(found)
        return text if found == text else found

    def _urls(self, text: str) -> str:
        return _URL.sub(lambda match: redacted_url(match[0], self._query_allow), text)


def names_a_secret(key: str) -> bool:
    """Tell whether the values of an attribute or header with this name are secret as a whole."""
    return _SECRET_KEY.search(key) is not None and _NOT_SECRET_KEY.search(key) is None
