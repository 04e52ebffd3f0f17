"""How secrets look in text: one pattern for each way, and the letters without which it finds nothing.

Each takes time linear in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tracing_facade._on_demand import pattern_on_demand

MOST_CHARACTERS = 65_536
"""Longer texts are cut here before anything looks at them."""

# Names whose values are secret, wherever they stand in a longer name: db_password, X-Api-Key, aws.secretAccessKey.
SECRET_NAME = (
    r"pass(?:word|wd|phrase|code)|pwd|(?<=[_.\-])pass(?![a-z])|(?<![a-z])(?:bind)?pw(?![a-z])|"
    # Neither what a secret is called nor how many tokens a language model has read is secret.
    r"secret(?![ _.\-]?(?:name|ref|type|version)s?(?![a-z]))|"
    r"token(?!s[\"']?\s{0,8}[=:]\s{0,8}[0-9]{1,9}(?!\w)|[ _.\-]?(?:count|type|limit|bucket)s?(?![a-z])|"
    r"i[sz])|"
    r"api[ _.-]?key|(?:access|account|private|encryption|signing|master|shared|subscription)[ _.-]?key|"
    r"credential|authori[sz]ation|(?:x-)?auth(?![a-z])|bearer|seed[ _-]?phrase|"
    r"signature|(?<![a-z])sig(?![a-z])|session[ _.-]?(?:id|key)|sessid|cookie|(?:c|x)srf|(?<![a-z])otp(?![a-z])|cvv2?|"
    r"(?<![a-z])cvc2?(?![a-z])|(?<![a-z])ssn(?![a-z])|assertion|saml(?:request|response)|dsn(?![a-z])"
)
_QUOTE = r"\\{0,7}[\"'`]"
_LETTERS = r"[\w.\-]{0,64}"
# = or : in their usual clothes: quoted names, escaped quotes, percent-encoding, an arrow, a pair in a tuple (which a
# value before the next key of an object is not).
_IS = (
    rf"(?:(?:{_QUOTE})?\]?\s{{0,8}}(?:=>|:=|=|:|%3[dDaA])|"
    rf"{_QUOTE}\s{{0,8}},(?!\s{{0,8}}{_QUOTE}[^\"'`]{{0,64}}{_QUOTE}\s{{0,8}}:))\s{{0,8}}"
)
_REST = rf"{{1,{MOST_CHARACTERS}}}"
_NESTED = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,4096}\}){0,4096}\})"
_VALUE = (
    rf"(?:[bru]{{0,2}}(?P<quote>{_QUOTE})(?:(?!(?P=quote)(?!\w))(?:\\.|.)){_REST}|\[[^\]]{_REST}|{_NESTED}{_REST}|"
    rf"[\w.]{{0,64}}\([^)]{_REST}|[^\s&;,\"'`<>)}}\]|\\]{_REST})"
)

_NAMED = pattern_on_demand(rf"(?P<before>(?i:{SECRET_NAME}){_LETTERS}{_IS}){_VALUE}", re.DOTALL)
# A name and its value as two fields: environment variables of containers, headers, settings in XML.
_FIELDS = pattern_on_demand(
    rf"(?P<before>\b(?i:name|key|header|param|field)(?:{_QUOTE})?\s{{0,8}}[:=]\s{{0,8}}(?:{_QUOTE})?[\w.\-]{{0,64}}?"
    rf"(?i:{SECRET_NAME}){_LETTERS}(?:{_QUOTE})?\s{{0,8}}[,;]?\s{{0,64}}(?:{_QUOTE})?(?i:value)(?:{_QUOTE})?"
    rf"\s{{0,8}}[:=]\s{{0,8}}){_VALUE}",
    re.DOTALL,
)
_FORM_PART = pattern_on_demand(
    rf"(?P<before>name=\"[^\"\r\n]{{0,64}}?(?i:{SECRET_NAME})[^\"\r\n]{{0,64}}\"[^\r\n]{{0,256}}"
    rf"(?:\r?\n[^\r\n]{{1,256}}){{0,4}}\r?\n\r?\n)[^\r\n]{_REST}"
)
_WHOLE_LINE = pattern_on_demand(
    rf"(?P<before>(?i:authori[sz]ation|cookie|x-api-key){_LETTERS}{_IS}[bru]{{0,2}})"
    rf"(?:(?P<quote>{_QUOTE})(?:(?!(?P=quote))[^\r\n]){_REST}|[^\s\"'`\\][^\r\n]{{0,{MOST_CHARACTERS}}})"
)
_OPTION = pattern_on_demand(
    rf"(?P<before>(?<![^\s\"'`\[(,])--?(?i:[\w-]{{0,32}}?(?:{SECRET_NAME})[\w-]{{0,32}})[\"'`]?,?\s{{1,8}}[\"'`]?)[^\s\"'`-][^\s\"'`]{{0,{MOST_CHARACTERS}}}"
)
_SHORT_OPTION = pattern_on_demand(
    r"(?P<before>(?<![^\s\"'`])(?:mysql\w{0,16}|mariadb\w{0,16}|mongo\w{0,16}|sshpass|redis-cli|ldap\w{1,16}|docker\s{1,4}login)"
    r"\s[^\n|;&]{0,512}?(?<=\s)-[paw]\s?)(?![\s-])[^\s\"'`]{1,4096}"
    r"|(?P<user>(?<![^\s\"'`])(?:-[uU]|--(?:proxy-)?user)[\s=]{0,4}[\"'`]?[^\s:\"'`]{1,128}:)[^\s\"'`]{1,4096}"
)
_SPACED = pattern_on_demand(
    r"(?P<before>(?i:passw(?:or)?d|access[_-]key|api[_-]?key|auth[_-]?token|secret[_-]key)\s{1,4})"
    r"(?=[^\s\d]{0,256}\d)(?=[^\sA-Za-z]{0,256}[A-Za-z])[\w+/=.~!@#$%^*-]{8,4096}"
)
_SQL = pattern_on_demand(
    rf"(?P<before>(?i:identified\s{{1,8}}by|password)(?:\s{{1,8}}|\s{{0,8}}\(\s{{0,8}})(?:(?i:password)\s{{1,8}})?)(?P<quote>[\"'])(?:(?!(?P=quote)).){_REST}"
)
_INSERT = pattern_on_demand(
    rf"(?P<before>(?i:\binto\s)[^()]{{1,128}}\([^()]{{0,512}}?(?i:{SECRET_NAME})[^()]{{0,512}}\)\s{{0,8}}(?i:values)\s{{0,8}})\([^;]{_REST}"
)
_ELEMENT = pattern_on_demand(
    rf"(?P<before><[\w:.-]{{0,64}}?(?i:{SECRET_NAME})[\w:.-]{{0,64}}(?:\s[^<>]{{0,512}})?>)[^<]{_REST}"
)
_SCHEME = pattern_on_demand(
    r"(?P<before>(?<![A-Za-z0-9])(?i:bearer|basic|digest|negotiate|token|apikey)(?:\s{1,8}|%20|\+))"
    rf"(?=[^\s]{{0,64}}[0-9A-Z_~+/=]|[^\s]{{16}})[A-Za-z0-9._~+/=\-]{{6,{MOST_CHARACTERS}}}"
)
_TOKENS = pattern_on_demand(
    r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{6,4096}"
    rf"(?:\.[A-Za-z0-9_-]{_REST}){{1,4}}\.?"  # JSON Web Token, signed or encrypted
    r"|(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)[A-Z0-9]{12,24}"
    r"|(?<![A-Za-z0-9])(?:gh[a-z]_[A-Za-z0-9]{20,512}|github_pat_[A-Za-z0-9_]{20,512})"
    r"|(?<![A-Za-z0-9])gl(?:[a-z]{2,6})-[A-Za-z0-9_-]{16,512}"
    r"|(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,512}|(?<![A-Za-z0-9])xapp-[A-Za-z0-9-]{10,512}"
    r"|(?<![A-Za-z0-9])(?:sk|pk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,512}"
    r"|(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,512}"
    r"|(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,64}|(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{16,2048}"
    r"|(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{30,64}|pypi-[A-Za-z0-9_-]{16,1024}|hf_[A-Za-z0-9]{24,128})"
    r"|(?<![A-Za-z0-9])(?:glsa|glc|dckr_pat|lin_api|shpat|shpss|rubygems|sntrys|sbp|ntn)_[A-Za-z0-9_=+/-]{20,512}"
    r"|(?<![A-Za-z0-9])(?:hvs|hvb|s)\.[A-Za-z0-9_-]{24,512}|(?<![A-Za-z0-9])dop_v1_[a-f0-9]{32,128}"
    r"|(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}|(?<![A-Za-z0-9])AGE-SECRET-KEY-1[A-Z0-9]{20,128}"
)
# Secrets that are part of a path.
_HOOK = pattern_on_demand(
    r"(?P<before>\bhooks\.slack\.com/[a-z]{1,16}/|\bdiscord(?:app)?\.com/api/webhooks/|/bot(?=[0-9]{6,12}:))[^\s\"'`<>?#]{8,512}"
)
_PRIVATE_KEY = pattern_on_demand(
    r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END).)*(?:-----END [A-Z0-9 ]{0,64}-----)?",
    re.DOTALL,
)
_END_OF_KEY = pattern_on_demand(r"\A(?:(?!-----END).)*-----END [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----", re.DOTALL)
QUERY = pattern_on_demand(rf"\?(?=[\w.~%\[\]+\-&;]{{1,128}}=)([^\s\"'`<>\\]{_REST})")
# The same behind a path, or by itself; not an entity of HTML.
FRAGMENT = pattern_on_demand(rf"(?<!&)#(?=[\w.~%\[\]+\-&;!/:]{{1,128}}=)([^\s\"'`<>\\]{_REST})")
# Credentials of a URL without its scheme; not a digest of an image, nor a mail address behind its scheme.
_CREDENTIALS = pattern_on_demand(
    r"(?<![\w.+\-/:])(?!(?:mailto|sips?|xmpp|acct|im|tel):)(?P<before>[\w.+\-]{1,64}:)[^\s:@/\"'`<>(){}\[\],;]{3,256}"
    r"(?=@(?:[A-Za-z][\w\-]{0,62}\.[A-Za-z]|localhost))|(?P<user>jdbc:oracle:[a-z]{1,8}:[^/\s]{1,64}/)[^@\s]{1,256}(?=@)"
)
EMAIL = pattern_on_demand(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}")


class Detector(NamedTuple):
    """One way in which secrets turn up.

    Args:
        pattern: what is found and replaced, but for its groups ``before``, ``user`` and ``quote``.
        signs: one of these is in every text in which it finds something; empty for no such condition.
        words: all that it finds begins with one of these; empty for anything.
        exact: whether that is a matter of upper and lower case; ``words`` are in lower case otherwise.
        named: whether it needs one of ``WORDS``.
        shortest: what it finds has at least so many characters.
    """

    pattern: re.Pattern[str]
    signs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    exact: bool = False
    named: bool = False
    shortest: int = 4


WORDS = (
    "pass", "pwd", "pw", "bindpw", "secret", "token", "api", "access", "account", "private", "encryption", "signing",
    "master", "shared", "subscription", "credential", "authori", "auth", "x-auth", "bearer", "seed", "sig", "session",
    "sessid", "cookie", "csrf", "xsrf", "otp", "cvv", "cvc", "ssn", "assertion", "saml", "dsn",
)  # fmt: skip
"""What names of secrets begin with."""

_TOKEN_SIGNS = (
    "eyJ", "A3T", "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA", "gh",
    "github_pat_", "gl", "xox", "xapp-", "sk", "pk_", "rk_", "whsec_", "AIza", "ya29.", "npm_", "pypi-", "hf_", "dckr_",
    "lin_api_", "shp", "rubygems_", "sntrys_", "sbp_", "ntn_", "hvs.", "hvb.", "s.", "dop_v1_", "SG.", "AGE-",
)  # fmt: skip
_EQUALS = ("=", ":", "%3", '",', "',")
_BLANKS = (" ", "\t", "\n")

DETECTORS = (
    Detector(_PRIVATE_KEY, ("PRIVATE KEY",)),
    Detector(_END_OF_KEY, ("PRIVATE KEY",)),
    Detector(_CREDENTIALS, ("@",)),
    Detector(_FIELDS, ("alue",), ("name", "key", "header", "param", "field"), named=True),
    Detector(_FORM_PART, ('name="',), named=True),
    Detector(_INSERT, ("alues", "ALUES"), ("into",), named=True),
    Detector(_WHOLE_LINE, _EQUALS, ("authori", "cookie", "x-api-key"), named=True),
    Detector(_NAMED, _EQUALS, WORDS, named=True),
    Detector(_OPTION, ("-",), named=True),
    Detector(_SHORT_OPTION, (" -", "-u", "-U")),
    Detector(_SPACED, _BLANKS, ("passw", "access", "api", "auth", "secret"), named=True),
    Detector(_SQL, ("'", '"'), ("identified", "password")),
    Detector(_ELEMENT, ("</",), named=True),
    Detector(_SCHEME, (*_BLANKS, "%20", "+"), ("bearer", "basic", "digest", "negotiate", "token", "apikey")),
    Detector(_HOOK, ("hooks.slack.com/", "/api/webhooks/", "/bot")),
    Detector(_TOKENS, (), _TOKEN_SIGNS, exact=True, shortest=15),
)
"""In the order in which they look at a text."""
