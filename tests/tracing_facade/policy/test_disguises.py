"""What hides a secret is undone, and what hides none stays as it is."""

from __future__ import annotations

import pytest

from tracing_facade.policy.disguises import undisguised


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("p%61ssword%3Dx", "password=x", id="percent-encoding"),
        pytest.param("p%2561ssword", "password", id="twice"),
        pytest.param("&quot;token&quot;&#58; &#x78;", '"token": x', id="entities"),
        pytest.param("p\\u0061ss\\x77ord\\n", "password\n", id="escapes"),
        pytest.param("p\u0430ss\u03bdord", "passvord", id="letters of other scripts"),
        pytest.param("\uff50\uff57\uff1dx", "pw=x", id="wide letters"),
        pytest.param("pa\u0301ss\u200bw\u00adord", "password", id="marks and invisible letters"),
        pytest.param("p\0w\0", "pw", id="zeros"),
    ],
)
def test_disguises_are_undone(text: str, plain: str) -> None:
    """Whatever layer they are in."""
    assert undisguised(text) == plain


@pytest.mark.parametrize("text", ["", "GET /orders", "100% sure", "a & b", "C:\\Users\\jane", "%zz", "&nbsp;"])
def test_plain_text_is_the_same_object(text: str) -> None:
    """Nothing is copied for nothing."""
    assert undisguised(text) is text
