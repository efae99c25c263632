"""The faults: what a slip of the hand makes of an expression or a statement.

A mutant is the source with one node replaced, and nothing else touched, so that its difference is
one line for a person to judge. Texts, annotations and docstrings are left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
OPPOSITE = {"any": "all", "all": "any", "min": "max", "max": "min"}
NUDGE = 1.5
"""What a fraction is multiplied with, and divided by; whole numbers go up and down by one."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: ``source`` is the module with it; ``was`` and ``now`` its line, stripped."""

    file: str
    line: int
    kind: str
    was: str
    now: str
    source: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}\n    - {self.was}\n    + {self.now}"


def mutants_of(file: str, source: str) -> list[Mutant]:
    """All mutants of a module, in the order of its lines. Raises SyntaxError."""
    found: dict[str, Mutant] = {}
    for node, kind, text in _faults(ast.parse(source)):
        mutant = _mutant(file, source, node, kind, text)
        if mutant.source != source:
            found.setdefault(mutant.source, mutant)
    return sorted(found.values(), key=lambda m: m.line)


def _mutant(file: str, source: str, node: ast.expr | ast.stmt, kind: str, text: str) -> Mutant:
    # Columns of the syntax tree count bytes of UTF-8.
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    assert node.end_lineno is not None and node.end_col_offset is not None
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    whole = b"".join(lines)
    mutated = (whole[:start] + text.encode() + whole[end:]).decode()
    was = " ".join(s.strip() for s in source.splitlines()[node.lineno - 1 : node.end_lineno])
    last = node.lineno + text.count("\n")
    now = " ".join(s.strip() for s in mutated.splitlines()[node.lineno - 1 : last])
    return Mutant(file, node.lineno, kind, was, now, mutated)


Fault = tuple[ast.expr | ast.stmt, str, str]


def _faults(tree: ast.Module) -> Iterator[Fault]:
    for node, returns in _nodes(tree, None):
        if isinstance(node, ast.stmt):
            yield from _of_statement(node, returns)
        else:
            yield from _of_expression(node)


def _nodes(
    node: ast.AST, returns: ast.expr | None
) -> Iterator[tuple[ast.expr | ast.stmt, ast.expr | None]]:
    """Every node that may hold a fault, with what the function around it is declared to return."""
    for name, child in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        for part in child if isinstance(child, list) else [child]:
            # The parts of a text with values in it have no places of their own in Python 3.11.
            if not isinstance(part, ast.AST) or isinstance(part, ast.JoinedStr):
                continue
            inner = part.returns if isinstance(part, ast.FunctionDef) else returns
            if isinstance(part, ast.expr | ast.stmt):
                yield part, inner
            yield from _nodes(part, inner)


# ------------------------------------------------------------------ statements


def _of_statement(node: ast.stmt, returns: ast.expr | None) -> Iterator[Fault]:
    if isinstance(node, ast.If | ast.While):
        yield from _condition(node.test)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield from _returned(node, returns)
    elif _is_removable(node):
        yield node, "statement removed", "pass"


def _returned(node: ast.Return, returns: ast.expr | None) -> Iterator[Fault]:
    declared = ast.unparse(returns) if returns is not None else ""
    if declared == "bool":
        for answer in ("True", "False"):
            yield node, f"returns {answer}", f"return {answer}"
        return
    empty = {"str": '""', "int": "0", "float": "0.0"}.get(declared)
    if empty is None:
        empty = next((e for k, e in _EMPTY.items() if declared.startswith(k)), "None")
    yield node, f"returns {empty}", f"return {empty}"


_EMPTY = {
    "list[": "[]",
    "dict[": "{}",
    "Mapping[": "{}",
    "tuple[str, ...]": "()",
    "set[": "set()",
    "frozenset[": "frozenset()",
}


def _is_removable(node: ast.stmt) -> bool:
    """Whether a module still runs without the statement: what only binds a name is needed."""
    if isinstance(node, ast.Assign):
        return all(isinstance(t, ast.Attribute | ast.Subscript) for t in node.targets)
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete)


# ------------------------------------------------------------------ expressions


def _of_expression(node: ast.expr) -> Iterator[Fault]:
    for kind, faults in _EXPRESSIONS.items():
        if isinstance(node, kind):
            yield from faults(node)


def _compared(node: ast.Compare) -> Iterator[Fault]:
    for table, kind in ((NEGATED, "comparison negated"), (BOUNDARY, "boundary moved")):
        for i, op in enumerate(node.ops):
            if type(op) in table:
                ops = [*node.ops[:i], table[type(op)](), *node.ops[i + 1 :]]
                yield node, kind, ast.unparse(ast.Compare(node.left, ops, node.comparators))


def _joined(node: ast.BoolOp) -> Iterator[Fault]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node, "and/or swapped", f"({ast.unparse(ast.BoolOp(other, node.values))})"


def _unary(node: ast.UnaryOp) -> Iterator[Fault]:
    if isinstance(node.op, ast.Not):
        yield node, "not dropped", f"({ast.unparse(node.operand)})"
    elif isinstance(node.op, ast.USub):
        yield node, "sign dropped", ast.unparse(node.operand)


def _binary(node: ast.BinOp) -> Iterator[Fault]:
    other = ARITHMETIC.get(type(node.op))
    text = isinstance(node.left, ast.JoinedStr) or isinstance(node.right, ast.JoinedStr)
    if other is not None and not text:
        yield (
            node,
            "operator swapped",
            f"({ast.unparse(ast.BinOp(node.left, other(), node.right))})",
        )


def _constant(node: ast.Constant) -> Iterator[Fault]:
    value = node.value
    if isinstance(value, bool):
        yield node, "constant swapped", repr(not value)
    elif isinstance(value, int):
        for step in (1, -1):
            yield node, "constant nudged", repr(value + step)
    elif isinstance(value, float) and value:
        for nudged in (value * NUDGE, value / NUDGE):
            yield node, "constant nudged", repr(round(nudged, 6))


def _called(node: ast.Call) -> Iterator[Fault]:
    if isinstance(node.func, ast.Name) and node.func.id in OPPOSITE:
        yield node.func, "opposite called", OPPOSITE[node.func.id]


def _chosen(node: ast.IfExp) -> Iterator[Fault]:
    yield from _condition(node.test)


def _comprehended(node: ast.expr) -> Iterator[Fault]:
    generators: list[ast.comprehension] = getattr(node, "generators", [])
    for generator in generators:
        for test in generator.ifs:
            yield test, "filter dropped", "True"


def _condition(test: ast.expr) -> Iterator[Fault]:
    if not isinstance(test, ast.Compare | ast.UnaryOp):
        yield test, "condition negated", f"(not ({ast.unparse(test)}))"


_EXPRESSIONS: dict[type[ast.expr], Callable[..., Iterator[Fault]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Constant: _constant,
    ast.Call: _called,
    ast.IfExp: _chosen,
    ast.ListComp: _comprehended,
    ast.SetComp: _comprehended,
    ast.DictComp: _comprehended,
    ast.GeneratorExp: _comprehended,
}
