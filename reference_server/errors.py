"""The errors of the API, each of which is one Kubernetes ``Status`` answer, and the one error of start-up.

::

    StatusError                    code  reason
    ├── BadRequest                 400   BadRequest
    ├── Unauthorized               401   Unauthorized
    ├── Forbidden                  403   Forbidden
    ├── NotFound                   404   NotFound
    ├── MethodNotAllowed           405   MethodNotAllowed
    ├── NotAcceptable              406   NotAcceptable
    ├── AlreadyExists              409   AlreadyExists
    ├── Conflict                   409   Conflict
    ├── RequestEntityTooLarge      413   RequestEntityTooLarge
    ├── UnsupportedMediaType       415   UnsupportedMediaType
    ├── Invalid                    422   Invalid
    ├── TooManyRequests            429   TooManyRequests
    └── InternalError              500   InternalError
    StartupError                   a file or flag that the server cannot start with
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple


class Cause(NamedTuple):
    """One thing that is wrong with an object: where, what, and Kubernetes' machine-readable reason."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


class StatusError(Exception):
    """An answer that says no. Raise it anywhere below the filters; the caller gets it as ``Status``.

    Args:
        message: what is wrong, where, and what to do.
        details: Kubernetes' ``StatusDetails``: ``name``, ``kind``, ``causes`` and so on.
        headers: response headers that belong to this answer.
    """

    code: ClassVar[int] = 500
    reason: ClassVar[str] = "InternalError"

    def __init__(
        self, message: str, *, details: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})
        self.headers = dict(headers or {})

    def status(self) -> dict[str, Any]:
        """Return this error as a ``Status`` object."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            **({"details": self.details} if self.details else {}),
            "code": self.code,
        }


class BadRequest(StatusError):
    """The request cannot be understood."""

    code, reason = 400, "BadRequest"


class Unauthorized(StatusError):
    """Nobody knows who is asking."""

    code, reason = 401, "Unauthorized"

    def __init__(self, message: str = "Unauthorized") -> None:
        super().__init__(message, headers={"WWW-Authenticate": 'Bearer realm="kubernetes"'})


class Forbidden(StatusError):
    """It is known who is asking, and the answer is no."""

    code, reason = 403, "Forbidden"


class NotFound(StatusError):
    """There is no such object or no such path."""

    code, reason = 404, "NotFound"

    @classmethod
    def object(cls, resource: str, name: str) -> NotFound:
        """Return the error for an object that does not exist."""
        return cls(f'{resource} "{name}" not found', details={"name": name, "kind": resource})

    @classmethod
    def path(cls) -> NotFound:
        """Return the error for a path that is not served."""
        return cls("the server could not find the requested resource")


class MethodNotAllowed(StatusError):
    """The path exists, but not for this method."""

    code, reason = 405, "MethodNotAllowed"

    def __init__(self, message: str, allowed: Iterable[str] = ()) -> None:
        super().__init__(message, headers={"Allow": ", ".join(sorted(allowed))})


class NotAcceptable(StatusError):
    """The answer cannot be given in a form the client accepts."""

    code, reason = 406, "NotAcceptable"


class AlreadyExists(StatusError):
    """The object is there already."""

    code, reason = 409, "AlreadyExists"

    @classmethod
    def object(cls, resource: str, name: str) -> AlreadyExists:
        """Return the error for an object that exists."""
        return cls(f'{resource} "{name}" already exists', details={"name": name, "kind": resource})


class Conflict(StatusError):
    """Somebody else changed the object in between."""

    code, reason = 409, "Conflict"

    @classmethod
    def object(cls, resource: str, name: str, why: str) -> Conflict:
        """Return the error for an object that is not what the client thinks it is."""
        message = f'Operation cannot be fulfilled on {resource} "{name}": {why}'
        return cls(message, details={"name": name, "kind": resource})


class RequestEntityTooLarge(StatusError):
    """The body is larger than the server reads."""

    code, reason = 413, "RequestEntityTooLarge"


class UnsupportedMediaType(StatusError):
    """The body is in a form the server does not read."""

    code, reason = 415, "UnsupportedMediaType"


class Invalid(StatusError):
    """The object can be read but breaks a rule; ``causes`` has every rule it breaks."""

    code, reason = 422, "Invalid"

    @classmethod
    def object(cls, kind: str, name: str, causes: Iterable[Cause]) -> Invalid:
        """Return the error that lists everything that is wrong with an object."""
        found = list(causes)
        texts = [f"{cause.field}: {cause.message}" for cause in found]
        summary = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        details = {"name": name, "kind": kind, "causes": [cause._asdict() for cause in found]}
        return cls(f'{kind} "{name}" is invalid: {summary}', details=details)


class TooManyRequests(StatusError):
    """The server is busy; the client may try again."""

    code, reason = 429, "TooManyRequests"

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        headers = {"Retry-After": str(retry_after_seconds)}
        super().__init__(message, details={"retryAfterSeconds": retry_after_seconds}, headers=headers)


class InternalError(StatusError):
    """Something is wrong on this side."""

    code, reason = 500, "InternalError"


class StartupError(Exception):
    """A file or flag that the server cannot start with; ``problems`` holds all that is wrong, each with its place."""

    def __init__(self, source: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{source}:", *(f"  {problem}" for problem in self.problems)]))
