"""Decides which spans of a file can become the facade's: all that ever holds one, and all that is done with it.

A span may be migrated only together with everything that it flows into. So every variable is taken for good first, and
those for which something speaks are refused, until nothing changes any more.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.opentelemetry_api import GET_CURRENT_SPAN, SPAN
from lint_plugin.codemod.parameters import handed_in, handed_in_here, parameter_for
from lint_plugin.codemod.scopes import Bind, Binding, Variable
from lint_plugin.codemod.usage import Use, Way, described, short, use_of
from lint_plugin.codemod.verdict import Refusal, Verdict


class Spans:
    """The spans of one file.

    Args:
        facts: the file.
        judges: decide about calls, by their dotted names; each has the name of its idiom.
    """

    def __init__(self, facts: Facts, judges: Judges) -> None:
        self.facts = facts
        self._judges = judges
        self.variables = [found for found in facts.scopes.all_variables() if facts.type_of_variable(found) == SPAN]
        self._refused: dict[Variable, Refusal] = {}
        self._settle()

    def _settle(self) -> None:
        calls = [call for call in self.facts.all_of(ast.Call) if self.facts.type_of(call) == SPAN]
        changed = True
        while changed:
            known = len(self.variables)
            changed = False
            for call in calls:
                self.problem_of_use(call)  # finds the parameters that a span is handed to without a variable
            for variable in list(self.variables):
                if variable in self._refused:
                    continue
                problem = self._problem_of(variable)
                if problem is not None:
                    self._refused[variable] = problem
                    changed = True
            changed = changed or len(self.variables) > known

    # Answers

    def problem(self, variable: Variable) -> Refusal | None:
        """Return why a span variable stays OpenTelemetry's; None when it becomes the facade's."""
        if variable not in self.variables:
            return Refusal(f"{variable.name} is kept on an object, where others may need an OpenTelemetry span")
        return self._refused.get(variable)

    def verdict(self, call: ast.Call) -> tuple[str, Verdict] | None:
        """Return what becomes of a call, and which idiom says so; None when none does."""
        judged = self._judged(call)
        if judged is not None and isinstance(call.func, ast.Attribute) and self.facts.type_of(call.func.value) == SPAN:
            problem = self.problem_of_value(call.func.value)
            if problem is not None:
                return judged[0], Refusal(problem.reason, silent=True)
        return judged

    def _judged(self, call: ast.Call) -> tuple[str, Verdict] | None:
        """Ask the idioms about a call, whatever its receiver is."""
        target = self.facts.target(call)
        for name, judge in self._judges.get(target, ()) if self.facts.is_sealed(target) else ():
            verdict = judge(call, self)
            if verdict is not None:
                return name, verdict
        return None

    def problem_of_value(self, node: ast.expr) -> Refusal | None:
        """Return why an expression is no span of the facade after the migration; None when it is one."""
        variable = self.facts.variable(node)
        if variable is not None and self.facts.type_of_variable(variable) == SPAN:
            return self.problem(variable)
        if isinstance(node, ast.Call) and self.facts.target(node) == GET_CURRENT_SPAN:
            return Refusal("it takes a context") if node.args or node.keywords else None
        return Refusal(f"`{short(self.facts.code(node))}` is no span whose origin is proven")

    def problem_of_use(self, node: ast.expr) -> Refusal | None:
        """Return why what is done with a span cannot be done with one of the facade; None when it can."""
        use = use_of(self.facts, node)
        if use.way is Way.NOTHING:
            return None
        if use.way is Way.METHOD and isinstance(use.node, ast.Call):
            return self._problem_of_method(use.node)
        if use.way is Way.BOUND and use.variable is not None:
            return self.problem(use.variable)
        if use.way is Way.ARGUMENT and isinstance(use.node, ast.Call):
            return self._problem_of_argument(use, use.node, node)
        return Refusal(f"{described(self.facts, use)}, perhaps to code that needs an OpenTelemetry span")

    def comes_from_outside(self, node: ast.expr) -> bool:
        """Tell whether callers that have not been migrated may have handed a span in.

        Such a span may only be used in ways that look the same for both.
        """
        variable = self.facts.variable(node)
        if variable is None or variable.bindings[0].how is not Bind.PARAMETER:
            return False
        values = handed_in(self.facts, variable)
        if values is None:
            return True
        return any(self.problem_of_value(value) is not None for value in values if not _is_none(value))

    # Variables

    def _problem_of(self, variable: Variable) -> Refusal | None:
        for binding in variable.bindings:
            problem = self._problem_of_binding(variable, binding)
            if problem is not None:
                return problem
        for use in variable.uses:
            if use in self.facts.scopes.quoted:
                return Refusal("is named in an annotation")
            problem = self.problem_of_use(use)
            if problem is not None:
                return problem
        place = self.facts.wanted_by(variable)
        return Refusal(f"is used in {place}") if place else None

    def _problem_of_binding(self, variable: Variable, binding: Binding) -> Refusal | None:
        if binding.how is Bind.DECLARE:
            return None
        if binding.how is Bind.PARAMETER:
            return self._problem_of_parameter(variable, binding)
        value = binding.value
        if value is not None and binding.how in (Bind.ASSIGN, Bind.WITH):
            if _is_none(value):
                return None
            if isinstance(value, ast.Call):
                judged = self._judged(value)
                if judged is not None:
                    return judged[1] if isinstance(judged[1], Refusal) else None
            elif binding.how is Bind.ASSIGN and self.facts.type_of(value) == SPAN:
                return self.problem_of_value(value)
        line = self.facts.line(binding.node)
        return Refusal(f"is also something else, in line {line}")

    def _problem_of_parameter(self, variable: Variable, binding: Binding) -> Refusal | None:
        function = variable.scope.node
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or function.decorator_list:
            return Refusal("is a parameter of a function that is decorated or has no name")
        if binding.node in (function.args.vararg, function.args.kwarg):
            return Refusal("is a parameter with a star")
        for value in handed_in_here(self.facts, variable):
            if not _is_none(value) and self.problem_of_value(value) is not None:
                return Refusal(f"may be an OpenTelemetry span, handed in in line {self.facts.line(value)}")
        return None

    # Uses

    def _problem_of_method(self, call: ast.Call) -> Refusal | None:
        judged = self._judged(call)
        assert isinstance(call.func, ast.Attribute)
        line = self.facts.line(call)
        if judged is None:
            return Refusal(f"is asked for {call.func.attr}() in line {line}, which spans of the facade do not have")
        verdict = judged[1]
        return Refusal(f"is used in line {line}: {verdict.reason}") if isinstance(verdict, Refusal) else None

    def _problem_of_argument(self, use: Use, call: ast.Call, value: ast.expr) -> Refusal | None:
        parameter = parameter_for(self.facts, call, value)
        if parameter is None or len(parameter.bindings) != 1:
            return Refusal(f"{described(self.facts, use)}, which may need an OpenTelemetry span")
        if parameter not in self.variables:
            self.facts.declare_span(parameter)
            self.variables.append(parameter)
        problem = self._refused.get(parameter)
        return None if problem is None else Refusal(f"{described(self.facts, use)}, where it {problem.reason}")


Judge = Callable[[ast.Call, Spans], Verdict | None]
Judges = Mapping[str, Sequence[tuple[str, Judge]]]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
