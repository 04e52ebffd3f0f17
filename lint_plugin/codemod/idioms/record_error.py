"""An exception that was handled.

``record_exception`` with an error status beside it is ``record_error``, which describes the error as OpenTelemetry
describes an exception that leaves a span: ``ValueError: no``. Another description stays in a ``set_status`` of its own.
Alone it sets no status and stays as it is: the facade's spans answer it, as they do to third-party code.

Before:
    span.record_exception(error)
    span.set_status(Status(StatusCode.ERROR, str(error)))

After:
    span.record_error(error)
"""

from __future__ import annotations

import ast

from lint_plugin.codemod.arguments import given_arguments
from lint_plugin.codemod.error_pairs import RECORD, Pair, pair_of_record
from lint_plugin.codemod.idiom import Idiom
from lint_plugin.codemod.opentelemetry_api import PARAMETERS
from lint_plugin.codemod.plan import Kept, Plan
from lint_plugin.codemod.spans import Spans
from lint_plugin.codemod.status import read_status
from lint_plugin.codemod.verdict import Refusal, Rewrite, Verdict

NAME = "record_exception"
_ALONE = "it keeps working, and sets no error status; use record_error(...) where it is an error"


def _judge(call: ast.Call, spans: Spans) -> Verdict:
    if given_arguments(call, PARAMETERS[RECORD]) is None:
        return Refusal("its arguments cannot be told apart")
    pair = pair_of_record(call, spans)
    if pair is None:
        return Rewrite(lambda plan: None, note=_ALONE)
    return Rewrite(lambda plan: _migrate(pair, spans, plan))


def _migrate(pair: Pair, spans: Spans, plan: Plan) -> None:
    facts = spans.facts
    plan.fix(pair.record, NAME)
    given = given_arguments(pair.record, PARAMETERS[RECORD])
    status = read_status(facts, pair.status)
    assert given is not None
    assert status is not None
    statement = facts.parent(pair.status)
    assert isinstance(statement, ast.stmt)
    if not pair.says_more:
        _rename(pair.record, given["exception"].place, plan)
        plan.remove(statement)
    elif pair.record.lineno < pair.status.lineno:
        _rename(pair.record, given["exception"].place, plan)
        plan.arguments(pair.status, *status.arguments)
    else:
        # The description must come last, or record_error replaces it: the two statements change places.
        assert isinstance(pair.record.func, ast.Attribute)
        assert status.description is not None
        span = facts.code(pair.record.func.value)
        plan.replace(pair.status, f"{span}.record_error({facts.code(given['exception'].value)})")
        plan.replace(pair.record, f"{span}.set_status(False, {facts.code(status.description)})")


def _rename(call: ast.Call, exception: int, plan: Plan) -> None:
    plan.rename_method(call, "record_error")
    plan.arguments(call, Kept(exception))


IDIOM = Idiom(name=NAME, calls=(RECORD,), judge=_judge)
