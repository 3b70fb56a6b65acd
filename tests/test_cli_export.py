"""`leukograph export`: formats, files and options, without the exports themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from leukograph.cli.export import command
from leukograph.errors import UnknownName, WrongOption


class StandIn:
    """Stands for the loaded graph: remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, int, bool]] = []

    def export(self, format_: str, *, focus: str | None, depth: int, refuted: bool, inferred: str | None) -> bytes:
        self.asked.append((format_, focus, depth, refuted))
        if focus == "nonsense":
            raise UnknownName(focus)
        return b"\x00bytes\n"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    monkeypatch.setattr("leukograph.api.load", lambda: stand_in)
    return stand_in


def test_the_command_guesses_the_format_from_the_file(loaded: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "part.cyjs"

    done = CliRunner().invoke(command, ["--focus", "ANC", "--output", str(path)], standalone_mode=False)

    assert done.exception is None
    assert path.read_bytes() == b"\x00bytes\n"
    assert loaded.asked == [("cytoscape", "ANC", 2, False)]


def test_the_command_writes_bytes_to_the_screen(loaded: StandIn) -> None:
    done = CliRunner().invoke(command, ["-f", "dot", "--focus", "ANC", "--depth", "1", "--refuted"])

    assert done.stdout_bytes == b"\x00bytes\n"
    assert loaded.asked == [("dot", "ANC", 1, True)]


def test_the_command_overwrites_only_when_told(loaded: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text("mine")

    refused = CliRunner().invoke(command, ["-o", str(path)], standalone_mode=False)
    assert isinstance(refused.exception, WrongOption)
    assert path.read_text() == "mine"

    CliRunner().invoke(command, ["-o", str(path), "--force"], standalone_mode=False)
    assert path.read_bytes() == b"\x00bytes\n"


@pytest.mark.parametrize(
    ("arguments", "error"), [(["--depth", "3"], WrongOption), (["--focus", "nonsense"], UnknownName)]
)
def test_wrong_arguments_are_told(loaded: StandIn, arguments: list[str], error: type[Exception]) -> None:
    done = CliRunner().invoke(command, arguments, standalone_mode=False)

    assert isinstance(done.exception, error)
