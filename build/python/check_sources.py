"""Checks the syntax of files, and that the handler of a service exists.

Reads {"files": [...], "entry": file or null, "handler": name} from standard input and writes the first error as
{"file", "line", "column", "message"}, or null. Writes no caches.
"""

import ast
import json
import sys
import warnings


def main():
    request = json.load(sys.stdin)
    # Python 3.14 warns about some valid code; the user sees these warnings when the code runs.
    warnings.simplefilter("ignore")
    error = None
    for file in request["files"]:
        error = error or syntax_error(file)
    if error is None and request["entry"] is not None:
        error = handler_error(request["entry"], request["handler"])
    json.dump(error, sys.stdout)


def syntax_error(file):
    with open(file, "rb") as source:
        content = source.read()
    try:
        compile(content, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        return {"file": file, "line": error.lineno, "column": error.offset, "message": sentence(error.msg)}
    except ValueError as error:
        return {"file": file, "line": None, "column": None, "message": sentence(str(error))}
    return None


def handler_error(file, name):
    with open(file, "rb") as source:
        tree = ast.parse(source.read())
    definitions = dict(module_names(tree))
    found = definitions.get(name)
    if "*" in definitions or (found is not None and not is_value(found)):
        return None
    problem = f'There is no function "{name}"' if found is None else f'"{name}" is not a function'
    message = f'{problem}: define it, or name another one in "entry" of service.json, such as "main.py:run".'
    return {"file": file, "line": getattr(found, "lineno", None), "column": None, "message": message}


def module_names(node):
    """Names that a module binds at its top level, also inside `if`, `try` and `with`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child.name, child
        elif isinstance(child, (ast.Import, ast.ImportFrom)):
            for alias in child.names:
                yield alias.asname or alias.name.split(".")[0], child
        elif isinstance(child, (ast.Assign, ast.AnnAssign)):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            for target in targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Name):
                        yield part.id, child
        else:
            yield from module_names(child)


def is_value(node):
    """True for an assignment of a literal, which cannot be called."""
    literals = (ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.Set)
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, literals)


def sentence(text):
    text = text or "invalid syntax"
    return text[:1].upper() + text[1:] + "."


main()
