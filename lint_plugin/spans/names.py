"""Follows what has a name from one state of the declarations to the next: kept, renamed, new or gone."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from lint_plugin.spans.changes import Change, Verdict
from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec
from tracing_facade.stability import Release, Stability, last_release_with, parse_release, window_is_open

# How much of its name a thing must keep to be taken for the same one, when there are several that it could be.
_ALIKE = 0.5


class Kind(NamedTuple):
    """What spans, events and attributes have in common here.

    Args:
        word: for messages.
        maker: what declares it.
        name: returns its name.
        alike: tells whether two of them could be the same thing under two names.
    """

    word: str
    maker: str
    name: Callable[[Any], str]
    alike: Callable[[Any, Any], bool]


SPANS = Kind("span", "SpanSpec", lambda spec: str(spec.name), lambda old, new: bool(old.kind == new.kind))
EVENTS = Kind("event", "EventSpec", lambda spec: str(spec.name), lambda old, new: True)
ATTRIBUTES = Kind("attribute", "AttributeSpec", lambda spec: str(spec.key), lambda old, new: bool(old.type == new.type))

Spec = SpanSpec | EventSpec | AttributeSpec


class Followed(NamedTuple):
    """What became of one thing.

    Args:
        old: as it was promised; None for what was not.
        new: as it is now; None when it is gone.
        is_guess: whether it is only probably the same thing.
    """

    old: Any
    new: Any
    is_guess: bool = False


def follow(kind: Kind, old: Sequence[Any], new: Sequence[Any]) -> list[Followed]:
    """Return what became of everything that was promised, and what is new or was no promise."""
    by_name = {kind.name(spec): spec for spec in new}
    by_alias = {alias: spec for spec in new for alias in spec.aliases}
    known = {kind.name(spec): by_name.get(kind.name(spec)) or by_alias.get(kind.name(spec)) for spec in old}
    free = [spec for spec in new if all(spec is not found for found in known.values())]
    followed = []
    for spec in old:
        found = known[kind.name(spec)]
        if not spec.stability.is_promise:
            followed += [Followed(None, found)] if found else []
            continue
        guess = _most_alike(kind, spec, free) if found is None else None
        if guess is not None:
            free.remove(guess)
        followed.append(Followed(spec, found or guess, guess is not None))
    return [*followed, *(Followed(None, spec) for spec in free)]


def _most_alike(kind: Kind, gone: Any, free: Sequence[Any]) -> Any:
    candidates = [spec for spec in free if kind.alike(gone, spec)]
    candidates = [spec for spec in candidates if spec.stability.is_promise] or candidates
    if len(candidates) == 1:
        return candidates[0]
    rated = [(difflib.SequenceMatcher(None, kind.name(gone), kind.name(spec)).ratio(), spec) for spec in candidates]
    best = max(rated, key=lambda each: each[0], default=(0.0, None))
    return best[1] if best[0] >= _ALIKE else None


def name_changes(kind: Kind, found: Followed, level: Stability, release: Release | None) -> Iterator[Change]:
    """Yield what the change of a name, or of its deprecation, means; of something that was promised.

    Args:
        kind: of the thing.
        found: what became of it.
        level: what was promised about it.
        release: the release in which the change will appear, if that is known.
    """
    old, new, is_guess = found
    name = kind.name(old)
    if new is None:
        yield _gone(kind, old, level, release)
        return
    now = kind.name(new)
    told = Change(Verdict.COMPATIBLE, f"{kind.word} {name}", level.name, "", "", part=now)
    if is_guess:
        yield told._replace(
            verdict=Verdict.NEEDS_ALIAS,
            what=f"seems to be {now} now",
            why=f"whoever looks for {name} finds nothing any more",
            fix=f'add aliases=("{name}",), {_since(release)} to {kind.maker}("{now}"), which emits both names for '
            f"{_releases(level.deprecation_window)}; or, if {now} is something else, keep {name} and deprecate it",
        )
    elif now != name:
        yield told._replace(what=f"is now {now}", why=f"both names are emitted {_until(new, level)}")
    yield from _alias_changes(told, kind, found, level, release)
    yield from _deprecation_changes(told, found, level, release)


def _gone(kind: Kind, old: Any, level: Stability, release: Release | None) -> Change:
    told = Change(Verdict.BREAKING, f"{kind.word} {kind.name(old)}", level.name, "is gone", "", part=kind.name(old))
    since = old.deprecated_version
    if not since or old.aliases:
        return told._replace(
            why=f"{level.name} promises {_releases(level.deprecation_window)} between a deprecation and the end",
            fix=f"declare it again, with {_since(release)}; {_earliest(level, release)}",
        )
    if release is None:
        return told._replace(
            why=f"it is deprecated since {since}, but nobody knows which release this will be",
            fix="pass --release",
        )
    if window_is_open(level, since, str(release)):
        last = last_release_with(level, since)
        return told._replace(
            why=f"it is deprecated since {since} and promised up to {last}; this is {release}",
            fix=f"declare it again; it may go in the release after {last}",
        )
    return told._replace(verdict=Verdict.COMPATIBLE, why=f"it is deprecated since {since}, so its time is over")


def _alias_changes(
    told: Change, kind: Kind, found: Followed, level: Stability, release: Release | None
) -> Iterator[Change]:
    old, new, _ = found
    dropped = [alias for alias in old.aliases if alias not in (*new.aliases, kind.name(new))]
    for alias in dropped:
        what, since = f"has lost its alias {alias}", old.deprecated_version
        if release and not window_is_open(level, since, str(release)):
            yield told._replace(what=what, why=f"the alias is deprecated since {since}, so its time is over")
            continue
        last = last_release_with(level, since)
        known = f"this is {release}" if release else "nobody knows which release this will be"
        yield told._replace(
            verdict=Verdict.BREAKING,
            what=what,
            why=f"{alias} is promised up to {last}, and {known}",
            fix=f'put "{alias}" back into its aliases' + ("" if release else ", or pass --release"),
        )


def _deprecation_changes(told: Change, found: Followed, level: Stability, release: Release | None) -> Iterator[Change]:
    old, new, is_guess = found
    if is_guess:
        return
    after = new.deprecated_version
    if new.aliases:
        # One date holds for all aliases, so that of the older ones is too early for a new one.
        before = old.deprecated_version if set(new.aliases) <= set(old.aliases) else ""
        if _is_too_early(before, after, release):
            yield _too_early(told, f"has aliases that are deprecated since {after}", before, release)
        return
    before = "" if old.aliases else old.deprecated_version
    if before == after:
        return
    if after and _is_too_early(before, after, release):
        yield _too_early(told, f"is deprecated since {after}", before, release)
    elif after:
        yield told._replace(what=f"is deprecated since {after}", why=f"it stays {_until(new, level)}")
    else:
        yield told._replace(what="is not deprecated any more", why="it stays")


def _too_early(told: Change, what: str, before: str, release: Release | None) -> Change:
    return told._replace(
        verdict=Verdict.BREAKING,
        what=what,
        why="no release has said so yet, so the time between deprecation and end would be too short",
        fix=f'write deprecated_version="{before}"' if before else f"write {_since(release)}, or leave it out",
    )


def _is_too_early(before: str, after: str, release: Release | None) -> bool:
    since = parse_release(after)[:2]
    if before and since < parse_release(before)[:2]:
        return True
    return not before and release is not None and since < release[:2]


def _until(spec: Spec, level: Stability) -> str:
    last = last_release_with(level, spec.deprecated_version)
    return f"up to release {last}" if last else "no longer"


def _since(release: Release | None) -> str:
    return f'deprecated_version="{release or "THIS RELEASE"}"'


def _earliest(level: Stability, release: Release | None) -> str:
    window = level.deprecation_window
    after = f"{release.major}.{release.minor + window}" if release else f"{_releases(window)} later"
    return f"it may go in {after}"


def _releases(count: int) -> str:
    return f"{count} minor release{'s' if count != 1 else ''}"
