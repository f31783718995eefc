"""Which cells of a notebook must run so that some of them can: names, followed backwards."""

import ast


def backwards(cells: list[tuple[str, bool]]) -> list[bool]:
    """For cells ``(source, wanted)`` in order: whether each is wanted, or needed by what is.

    A cell is needed when it binds a name that a later kept cell reads, or writes into what that
    name holds (``losses["a"] = ...``).

    >>> backwards([("import math", False), ("a = 1", False), ("b = math.pi", False), ("b", True)])
    [True, False, True, True]
    """
    kept, needed = [], set()
    for source, wanted in reversed(cells):
        binds, writes, reads = names(source)
        keep = wanted or bool((binds | writes) & needed)
        if keep:
            needed = (needed - binds) | reads | (writes & needed)
        kept.append(keep)
    return kept[::-1]


def names(source: str) -> tuple[set, set, set]:
    """The names that a cell binds at its top level, writes into, and reads from earlier cells.

    >>> [sorted(found) for found in names("x, y = f(a)\\nx[0] = [i for i in y]")]
    [['x', 'y'], ['x'], ['a', 'f']]
    """
    binds, writes, reads = set(), set(), set()
    for statement in ast.parse(source).body:
        nodes = list(ast.walk(statement))
        reads |= {node.id for node in nodes if isinstance(node, ast.Name)
                  and isinstance(node.ctx, ast.Load)} - binds - _own(statement)
        reads |= {node.target.id for node in nodes if isinstance(node, ast.AugAssign)
                  and isinstance(node.target, ast.Name)} - binds - _own(statement)
        writes |= {_root(node) for node in nodes if isinstance(node, (ast.Subscript, ast.Attribute))
                   and isinstance(node.ctx, ast.Store)} - {""}
        for node in _top_level([statement]):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                binds.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                binds |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                binds.add(node.id)
    return binds, writes, reads


def _own(statement):
    """The names that belong to a statement's functions, comprehensions and loops themselves."""
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.comprehension, ast.For)):
            found |= {inner.id for inner in ast.walk(node.target) if isinstance(inner, ast.Name)}
        elif isinstance(node, ast.FunctionDef):
            found |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)
                      and isinstance(inner.ctx, ast.Store)}
    return found


def _top_level(nodes):
    """All nodes that are not inside a function, a class or a comprehension."""
    inner = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)
    for node in nodes:
        yield node
        if not isinstance(node, inner):
            yield from _top_level(ast.iter_child_nodes(node))


def _root(node):
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
