"""The README is true: its commands run and print what it says, its Python runs, its files exist."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from leukograph import errors

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readme", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_console_blocks_print_what_they_say() -> None:
    readme = tool()
    seen, wrong = [], []

    def visit(command: str, given: str, printed: str) -> str:
        seen.append(command)
        if not readme.matches(given, printed):
            wrong.append(f"$ {command}\n{printed}")
        return given

    readme.each_command(README, visit)

    assert len(seen) >= 8
    assert wrong == []


def test_python_blocks_run() -> None:
    blocks = re.findall(r"```pycon\n(.*?)```", README, re.DOTALL)
    assert blocks
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for number, block in enumerate(blocks):
        runner.run(parser.get_doctest(block, {}, f"README block {number}", "README.md", 0))

    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("module", ["belief", "model", "sentences", "render.figures"])
def test_docstring_examples_run(module: str) -> None:
    from importlib import import_module

    assert doctest.testmod(import_module(f"leukograph.{module}")).failed == 0


def test_every_error_code_has_a_line_in_the_readme() -> None:
    codes = {value.code for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "code")}

    assert sorted(code for code in codes - {"LG000"} if code not in README) == []


def test_paths_that_the_documents_name_exist() -> None:
    for document in (ROOT / "README.md", ROOT / "ontology" / "README.md", ROOT / "queries" / "README.md"):
        text = document.read_text(encoding="utf-8")
        for path in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (document.parent / path).exists(), f"{document.name} names {path}"


def test_every_command_is_in_the_readme() -> None:
    from leukograph.cli import COMMANDS

    assert [command for command in COMMANDS if f"leukograph {command}" not in README] == []
