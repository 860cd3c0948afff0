"""Rules about Python lookups that scan a list where a set or a dict would know."""

import ast
from collections.abc import Iterator

from tools.checks.text_edits import TextEdit
from tools.optimise.match import Gain, Match
from tools.optimise.python_code import MUTATORS, Loop, PythonCode, is_name, names_in, suggest_at

__all__ = ["keys_membership", "list_membership", "manual_counter", "nested_loop_join", "scan_calls"]

_LONG_LITERAL = 10
"""A written-out list of fewer constants is scanned as fast as a set is asked."""


def list_membership(code: PythonCode) -> Iterator[Match]:
    """`x in some_list` inside a loop scans the list in every round."""
    for node in code.nodes:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
            continue
        container = node.comparators[0]
        loop = code.enclosing_loop(node)
        if loop is None or not _is_scanned(code, container):
            continue
        if isinstance(container, ast.Name):
            yield _named_list(code, node, container, loop)
        else:
            yield Match(
                suggest_at("list_membership", node, "A set answers `in` at once; this list is scanned in every round")
            )


def _is_scanned(code: PythonCode, node: ast.expr) -> bool:
    if isinstance(node, ast.List):
        return len(node.elts) >= _LONG_LITERAL
    if isinstance(node, ast.ListComp):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "values" and not node.args
    if not isinstance(node, ast.Name) or code.kind(node) != "list":
        return False
    values = [value for value in code.assigned(node.id) if isinstance(value, ast.List)]
    return not values or not all(_is_short(value) for value in values) or _grows(code, node.id)


def _is_short(value: ast.List) -> bool:
    return len(value.elts) < _LONG_LITERAL


def _grows(code: PythonCode, name: str) -> bool:
    return any(
        isinstance(parent := code.parents.get(use), ast.Attribute) and parent.attr in {"append", "extend", "insert"}
        for use in code.uses(name)
    ) or any(isinstance(code.parents.get(use), ast.AugAssign) for use in code.uses(name))


def _named_list(code: PythonCode, node: ast.Compare, container: ast.Name, loop: Loop | ast.comprehension) -> Match:
    name = container.id
    dedupe = _dedupes(code, node, name)
    kind = "quadratic_dedupe" if dedupe else "list_membership"
    message = f"`{name}` is a list and is scanned in every round: "
    message += "dict.fromkeys(...) drops doubles in one pass" if dedupe else "a set answers `in` at once"
    edits = _as_set(code, name) or (_with_seen(code, node, name, loop) if dedupe else ())
    return Match(suggest_at(kind, node, message), edits)


def _dedupes(code: PythonCode, node: ast.Compare, name: str) -> bool:
    """`if x not in rows: rows.append(x)`."""
    parent = code.parents.get(node)
    if not isinstance(parent, ast.If) or not isinstance(node.ops[0], ast.NotIn):
        return False
    wanted = ast.dump(node.left)
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "append"
        and is_name(call.func.value, name)
        and len(call.args) == 1
        and ast.dump(call.args[0]) == wanted
        for statement in parent.body
        for call in ast.walk(statement)
    )


def _as_set(code: PythonCode, name: str) -> tuple[TextEdit, ...]:
    """A list that is only filled and asked may simply be a set."""
    edits: list[TextEdit] = []
    for use in code.uses(name):
        parent = code.parents.get(use)
        if isinstance(parent, ast.Assign) and isinstance(use.ctx, ast.Store):
            made = _set_of(code, parent.value)
            if made is None or len(parent.targets) != 1:
                return ()
            edits.append(code.replace(parent.value, made))
        elif isinstance(parent, ast.Attribute) and parent.attr == "append":
            call = code.parents.get(parent)
            if not isinstance(call, ast.Call) or not isinstance(code.parents.get(call), ast.Expr):
                return ()
            edits.append(code.replace(parent, f"{name}.add"))
        elif not (
            isinstance(parent, ast.Compare)
            and isinstance(parent.ops[0], ast.In | ast.NotIn)
            and parent.comparators[-1] is use
        ):
            return ()
    return tuple(edits)


def _set_of(code: PythonCode, value: ast.expr) -> str | None:
    if isinstance(value, ast.List):
        return "{" + ", ".join(code.text(one) for one in value.elts) + "}" if value.elts else "set()"
    if isinstance(value, ast.ListComp):
        return "{" + code.text(value)[1:-1] + "}"
    if (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in {"list", "sorted"}
        and len(value.args) == 1
        and not value.keywords
    ):
        return f"set({code.text(value.args[0])})"
    return f"set({code.text(value)})" if isinstance(value, ast.Call) else None


def _with_seen(code: PythonCode, node: ast.Compare, name: str, loop: Loop | ast.comprehension) -> tuple[TextEdit, ...]:
    """Beside the list that keeps the order, a set that is asked."""
    outer = loop
    while not isinstance(outer, ast.comprehension) and isinstance(
        above := code.enclosing_loop(outer), ast.For | ast.While
    ):
        outer = above
    block = [] if isinstance(outer, ast.comprehension) else code.block(outer)
    start = next((s for s in block if isinstance(s, ast.Assign) and any(is_name(t, name) for t in s.targets)), None)
    test = code.parents.get(node)
    if start is None or not isinstance(start.value, ast.List) or start.value.elts or not isinstance(test, ast.If):
        return ()
    if _changed_elsewhere(code, name, test):
        return ()
    seen = f"seen_{name.strip('_')}"
    if any(is_name(n, seen) for n in code.nodes):
        return ()
    key = code.text(node.left)
    grow = code.insert_before(test.body[0], f"{seen}.add({key})")
    edits = (code.insert_before(start, f"{seen} = set()"), code.replace(node.comparators[0], seen), grow)
    return edits if test.body[0].lineno != test.lineno else ()


def _changed_elsewhere(code: PythonCode, name: str, test: ast.If) -> bool:
    """Whether the list changes anywhere but in the body of this `if`."""
    inside = {id(node) for statement in test.body for node in ast.walk(statement)}
    changes = 0
    for use in code.uses(name):
        parent = code.parents.get(use)
        if isinstance(parent, ast.Attribute) and parent.attr in MUTATORS:
            changes += 1
            if id(use) not in inside or parent.attr != "append":
                return True
        elif not isinstance(use.ctx, ast.Load) and not (
            isinstance(parent, ast.Assign) and isinstance(parent.value, ast.List)
        ):
            return True
    return changes != 1


def scan_calls(code: PythonCode) -> Iterator[Match]:
    """`.index(x)` and `.count(x)` of a list inside a loop scan it in every round."""
    for node in code.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
            continue
        if (
            node.func.attr in {"index", "count"}
            and code.kind(node.func.value) == "list"
            and code.enclosing_loop(node) is not None
        ):
            if node.func.attr == "count" and (compared := _compared_with_zero(code, node)) is not None:
                asked = f"{code.text(node.args[0])} {compared[1]} {code.text(node.func.value)}"
                yield Match(
                    suggest_at(
                        "list_membership", node, "count() scans the whole list to know whether it holds a value"
                    ),
                    (code.replace(compared[0], asked),),
                )
            elif node.func.attr == "count":
                yield Match(
                    suggest_at("count_in_loop", node, "count() scans the list in every round: count once into a dict")
                )
            else:
                yield Match(
                    suggest_at(
                        "index_in_loop", node, "index() scans the list in every round: keep the positions in a dict"
                    )
                )


def _compared_with_zero(code: PythonCode, call: ast.Call) -> tuple[ast.Compare, str] | None:
    """The comparison that asks only whether there is one, and the operator that asks the same."""
    parent = code.parents.get(call)
    if not isinstance(parent, ast.Compare) or parent.left is not call or len(parent.ops) != 1:
        return None
    bound = parent.comparators[0]
    words: dict[tuple[type[ast.cmpop], object], str] = {
        (ast.Eq, 0): "not in",
        (ast.Lt, 1): "not in",
        (ast.Gt, 0): "in",
        (ast.NotEq, 0): "in",
        (ast.GtE, 1): "in",
    }
    word = words.get((type(parent.ops[0]), bound.value if isinstance(bound, ast.Constant) else None))
    return None if word is None else (parent, word)


def keys_membership(code: PythonCode) -> Iterator[Match]:
    """`x in list(d.keys())` builds a list to ask what the dict knows."""
    for node in code.nodes:
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
            continue
        owner, copied = _keys_owner(code, node.comparators[0])
        if owner is not None:
            message = "Ask the dict itself: `in` finds a key at once"
            gain: Gain = "speed" if copied else "readability"
            yield Match(
                suggest_at("keys_membership", node, message, gain),
                (code.replace(node.comparators[0], code.text(owner)),),
            )


def _keys_owner(code: PythonCode, node: ast.expr) -> tuple[ast.expr | None, bool]:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"list", "tuple", "set", "sorted"}
        and len(node.args) == 1
    ):
        inner, _ = _keys_owner(code, node.args[0])
        if inner is None and code.kind(node.args[0]) in {"dict", "set"}:
            inner = node.args[0]
        return inner, True
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "keys"
        and not node.args
    ):
        return node.func.value, False
    return None, False


def nested_loop_join(code: PythonCode) -> Iterator[Match]:
    """A search through one list for every element of another: put the one into a dict by its key first."""
    for inner, clause, test in _searches(code):
        outer = code.enclosing_loop(inner)
        if outer is None:
            continue
        targets = names_in(clause.target)
        outside = names_in(outer.target) if not isinstance(outer, ast.While) else set()
        names = names_in(clause.iter)
        if names & outside or not _joins(test, targets):
            continue
        message = "Every round searches the whole list: build a dict by the key once, and look up"
        yield Match(suggest_at("nested_loop_join", inner, message), _looked_up(code, inner, clause, test, outer))


def _searches(code: PythonCode) -> Iterator[tuple[ast.AST, ast.For | ast.comprehension, ast.expr]]:
    """Inner loops with the test they search by."""
    for node in code.nodes:
        if isinstance(node, ast.For):
            for statement in node.body:
                if isinstance(statement, ast.If):
                    yield node, node, statement.test
        elif isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp) and len(node.generators) >= 1:
            for clause in node.generators:
                for test in clause.ifs:
                    yield node, clause, test


def _joins(test: ast.expr, targets: set[str]) -> bool:
    """Whether a test compares the inner element with something from outside by `==`."""
    for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
        if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq):
            left, right = names_in(part.left), names_in(part.comparators[0])
            if bool(left & targets) != bool(right & targets) and left - {"str", "int"} and right - {"str", "int"}:
                return True
    return False


def _looked_up(
    code: PythonCode, inner: ast.AST, clause: ast.For | ast.comprehension, test: ast.expr, outer: ast.AST
) -> tuple[TextEdit, ...]:
    """`next((x for x in rows if x[k] == y), default)` becomes a look-up in a dict built before the loop."""
    call = code.parents.get(inner)
    if (
        not isinstance(inner, ast.GeneratorExp)
        or not isinstance(call, ast.Call)
        or not is_name(call.func, "next")
        or len(call.args) != 2
    ):
        return ()
    if (
        not isinstance(clause, ast.comprehension)
        or len(clause.ifs) != 1
        or len(inner.generators) != 1
        or not isinstance(test, ast.Compare)
    ):
        return ()
    targets = names_in(clause.target)
    key, wanted = (
        (test.left, test.comparators[0]) if names_in(test.left) & targets else (test.comparators[0], test.left)
    )
    statement: ast.AST | None = outer
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = code.parents.get(statement)
    if (
        statement is None
        or not names_in(key) <= targets
        or not names_in(inner.elt) <= targets
        or names_in(clause.iter) & names_in(wanted)
    ):
        return ()
    if any(code.changes(name, statement) for name in names_in(clause.iter)):
        return ()
    table = "by_key"
    if any(is_name(node, table) for node in code.nodes):
        return ()
    target, iterable = code.text(clause.target), code.text(clause.iter)
    build = (
        f"{table} = {{}}\nfor {target} in {iterable}:\n    {table}.setdefault({code.text(key)}, {code.text(inner.elt)})"
    )
    return (
        code.insert_before(statement, build),
        code.replace(call, f"{table}.get({code.text(wanted)}, {code.text(call.args[1])})"),
    )


def manual_counter(code: PythonCode) -> Iterator[Match]:
    """Counting and grouping by hand: dict.get and setdefault say it in one line."""
    for node in code.nodes:
        if isinstance(node, ast.If):
            found = _counted(code, node) or _prepared(code, node)
        elif isinstance(node, ast.Try):
            found = _caught(code, node)
        else:
            continue
        if found is not None:
            kind, text = found
            message = (
                "dict.get (or collections.Counter) counts in one line"
                if kind == "manual_counter"
                else "setdefault groups in one line"
            )
            yield Match(
                suggest_at(kind, node, message, "readability" if kind == "manual_grouping" else "speed"), (text,)
            )


def _counted(code: PythonCode, node: ast.If) -> tuple[str, TextEdit] | None:
    """`if k in d: d[k] += 1 else: d[k] = 1`, and the same the other way round."""
    asked = _asked(node.test)
    if asked is None or len(node.body) != 1 or len(node.orelse) != 1:
        return None
    table, key, positive = asked
    grow, start = (node.body[0], node.orelse[0]) if positive else (node.orelse[0], node.body[0])
    place = f"{ast.unparse(table)}[{ast.unparse(key)}]"
    first = _set_value(start, place)
    if first is None:
        return None
    added = _added(grow, place)
    if added is not None and ast.dump(added) == ast.dump(first):
        line = f"{place} = {ast.unparse(table)}.get({ast.unparse(key)}, 0) + {ast.unparse(added)}"
        return "manual_counter", code.replace_statements([node], line)
    appended = _append_to(grow, place)
    if (
        appended is not None
        and isinstance(first, ast.List)
        and len(first.elts) == 1
        and ast.dump(first.elts[0]) == ast.dump(appended)
    ):
        line = f"{ast.unparse(table)}.setdefault({ast.unparse(key)}, []).append({ast.unparse(appended)})"
        return "manual_grouping", code.replace_statements([node], line)
    return None


def _prepared(code: PythonCode, node: ast.If) -> tuple[str, TextEdit] | None:
    """`if k not in d: d[k] = 0` followed by `d[k] += 1`, or by an append."""
    asked = _asked(node.test)
    block = code.block(node)
    index = block.index(node) + 1 if node in block else 0
    if asked is None or asked[2] or node.orelse or len(node.body) != 1 or not 0 < index < len(block):
        return None
    table, key, _ = asked
    place = f"{ast.unparse(table)}[{ast.unparse(key)}]"
    first, after = _set_value(node.body[0], place), block[index]
    added, appended = _added(after, place), _append_to(after, place)
    if added is not None and isinstance(first, ast.Constant) and first.value == 0:
        line = f"{place} = {ast.unparse(table)}.get({ast.unparse(key)}, 0) + {ast.unparse(added)}"
        return "manual_counter", code.replace_statements([node, after], line)
    if appended is not None and isinstance(first, ast.List) and not first.elts:
        line = f"{ast.unparse(table)}.setdefault({ast.unparse(key)}, []).append({ast.unparse(appended)})"
        return "manual_grouping", code.replace_statements([node, after], line)
    return None


def _caught(code: PythonCode, node: ast.Try) -> tuple[str, TextEdit] | None:
    """`try: d[k] += 1 except KeyError: d[k] = 1`."""
    if len(node.body) != 1 or len(node.handlers) != 1 or node.orelse or node.finalbody:
        return None
    handler = node.handlers[0]
    grow = node.body[0]
    if (
        not is_name(handler.type, "KeyError")
        or len(handler.body) != 1
        or not isinstance(grow, ast.AugAssign)
        or not isinstance(grow.target, ast.Subscript)
    ):
        return None
    place = ast.unparse(grow.target)
    first, added = _set_value(handler.body[0], place), _added(grow, place)
    if first is None or added is None or ast.dump(first) != ast.dump(added):
        return None
    line = f"{place} = {ast.unparse(grow.target.value)}.get({ast.unparse(grow.target.slice)}, 0) + {ast.unparse(added)}"
    return "manual_counter", code.replace_statements([node], line)


def _asked(test: ast.expr) -> tuple[ast.expr, ast.expr, bool] | None:
    """Table, key, and whether the test is `in`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _asked(test.operand)
        return (inner[0], inner[1], not inner[2]) if inner is not None else None
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.In | ast.NotIn):
        return None
    table = test.comparators[0]
    if isinstance(table, ast.Call) and isinstance(table.func, ast.Attribute) and table.func.attr == "keys":
        table = table.func.value
    return table, test.left, isinstance(test.ops[0], ast.In)


def _set_value(statement: ast.stmt, place: str) -> ast.expr | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and ast.unparse(statement.targets[0]) == place:
        return statement.value
    return None


def _added(statement: ast.stmt, place: str) -> ast.expr | None:
    if (
        isinstance(statement, ast.AugAssign)
        and isinstance(statement.op, ast.Add)
        and ast.unparse(statement.target) == place
    ):
        return statement.value
    value = _set_value(statement, place)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and ast.unparse(value.left) == place:
        return value.right
    return None


def _append_to(statement: ast.stmt, place: str) -> ast.expr | None:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and ast.unparse(call.func) == f"{place}.append" and len(call.args) == 1:
        return call.args[0]
    return None
