"""Runs the console blocks of the README and writes what they print; `--check` only compares.

A block of kind `console` holds commands (`$ leukograph ...`) and their output. A
line `...` in the output stands for lines left out; such a block is only compared.
Commands run in a folder of their own, so that files they write do no harm.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
ELISION = "..."


def run(command: str, folder: str) -> str:
    """Return what a command prints, outputs and errors together."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return done.stdout


def steps(block: str) -> list[tuple[str, str]]:
    """Return the commands of a block with the output given for each."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), ""))
        else:
            command, output = found[-1]
            found[-1] = command, output + line
    return found


def matches(given: str, printed: str) -> bool:
    """Tell whether the output given is what was printed, up to lines left out."""
    if given == f"{ELISION}\n":
        return False  # it would match anything, an error too
    parts = [re.escape(part) for part in re.split(rf"(?m)^{re.escape(ELISION)}\n", given)]
    return re.fullmatch("(?:.*\n)*?".join(parts), printed) is not None


def each_command(text: str, visit: Callable[[str, str, str], str]) -> str:
    """Replace the output of each command by what `visit(command, given, printed)` returns."""
    with tempfile.TemporaryDirectory() as folder:

        def block(match: re.Match[str]) -> str:
            told = [(command, visit(command, given, run(command, folder))) for command, given in steps(match[1])]
            return "```console\n" + "".join(f"$ {command}\n{output}" for command, output in told) + "```"

        return BLOCK.sub(block, text)


def main() -> int:
    """Rewrite the README, or compare it, and return the exit code."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    wrong = []

    def visit(command: str, given: str, printed: str) -> str:
        if matches(given, printed):
            return given
        wrong.append(command)
        return given if f"{ELISION}\n" in given else printed

    rewritten = each_command(text, visit)
    if "--check" not in sys.argv:
        readme.write_text(rewritten, encoding="utf-8")
    print("\n".join(f"differs: {command}" for command in wrong) or "the README is what is printed")
    return int(bool(wrong) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
