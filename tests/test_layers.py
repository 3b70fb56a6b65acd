"""Lower layers never import higher ones, and one command never imports another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "leukograph"

#: module or package -> layer; a module imports only from lower layers, a package also from itself
LAYERS = {
    "errors": 0,
    "namespaces": 0,
    "units": 1,
    "resources": 1,
    "files": 1,
    "revisions": 1,
    "serialise": 1,
    "model": 2,
    "belief": 3,
    "options": 3,
    "knowledge": 3,
    "beside": 4,
    "build": 6,
    "store": 4,
    "lookup": 4,
    "network": 4,
    "queries": 5,
    "chains": 5,
    "sentences": 5,
    "effects": 6,
    "timing": 6,
    "asked_times": 7,
    "foreign": 5,
    "origins": 6,
    "stats": 5,
    "explain": 7,
    "paths": 7,
    "contradictions": 5,
    "reasoning": 5,
    "compare": 8,
    "diff": 8,
    "whatif": 8,
    "whynot": 8,
    "workup": 8,
    "checks": 7,
    "render": 9,
    "compiled": 7,
    "cache": 8,
    "compiling": 10,
    "exports": 10,
    "api": 11,
    "server": 12,
    "cli": 13,
    "__main__": 14,
}
#: imports that go up on purpose, each inside a function, with the reason
ALLOWED = {
    ("cache", "compiling"),  # a missing cache is made when it is asked for
}


def imports(path: Path) -> Iterator[str]:
    """Yield the parts of this package that a file imports, as dotted names without the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "leukograph":
            for name in node.names:
                yield f"{node.module}.{name.name}".removeprefix("leukograph.")
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith("leukograph."):
                    yield name.name.removeprefix("leukograph.")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"


def test_every_module_has_a_layer() -> None:
    found = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if path.name[0] not in "._"}

    assert found - {"py", "schemas"} <= LAYERS.keys() | {"__init__"}


def test_imports_only_go_down() -> None:
    upward = []
    for path in sorted(PACKAGE.rglob("*.py")):
        home = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if home == "__init__":
            continue
        for imported in imports(path):
            part = imported.split(".")[0]
            sideways = part != home and part in LAYERS and LAYERS[part] >= LAYERS[home]
            if sideways and (home, part) not in ALLOWED:
                upward.append(f"{path.relative_to(PACKAGE)} imports {imported}")

    assert upward == []


def test_one_command_never_imports_another() -> None:
    shared = {"options", "__init__"}
    commands = {path.stem for path in (PACKAGE / "cli").glob("*.py")} - shared

    crossing = [
        f"{path.name} imports {imported}"
        for path in (PACKAGE / "cli").glob("*.py")
        for imported in imports(path)
        if imported.startswith("cli.") and imported.split(".")[1] in commands
    ]

    assert crossing == []


def test_each_heavy_library_has_its_home() -> None:
    homes = {
        "networkx": {
            "network.py",
            "chains.py",
            "whynot.py",
            "api.py",
            "exports/graphml.py",
            "checks/structure.py",
        },
        "rdflib": {
            "build/core.py",
            "build/owl.py",
            "build/assemble.py",
            "checks/shapes.py",
            "api.py",
            "exports/jsonld.py",
        },
        "rapidfuzz": {"lookup.py"},
        "owlready2": {"api.py", "reasoning/classify.py"},
        "pyelk": {"reasoning/classify.py"},
        "fastobo": {"store/readers/obo.py"},
        "scipy": {"timing/friberg.py"},
        "matplotlib": {"render/chart.py"},
    }
    for library, allowed in homes.items():
        users = {
            str(path.relative_to(PACKAGE))
            for path in PACKAGE.rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if (isinstance(node, ast.Import) and any(name.name.split(".")[0] == library for name in node.names))
            or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == library)
        }
        assert users <= allowed, f"{library} is imported in {users - allowed}"
