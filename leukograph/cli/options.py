"""Options that commands share, so that they mean the same everywhere."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

import click

from leukograph.errors import CannotWrite, WrongOption
from leukograph.files import write_atomically
from leukograph.model import GRADES, ROUTES

if TYPE_CHECKING:
    from leukograph.api import Leukograph

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Load(NamedTuple):
    """The graph that a command is asked about; called, it opens it."""

    #: a folder, file or address; None for the shipped graph
    store: str | None
    profile: str | None

    def __call__(self) -> Leukograph:
        """Open the graph.

        Raises:
            LeukographError: see `leukograph.load`.
        """
        from leukograph.api import load

        if self.store is None and self.profile is None:
            return load()
        return load(self.store, cached=False, profile=self.profile)


def graph_options(command: _Command) -> _Command:
    """Add `--store` and `--profile`; the command is given `load`, which opens the graph they name."""

    @wraps(command)
    def opening(*args: Any, store: str | None, profile: str | None, **options: Any) -> Any:
        return command(*args, load=Load(store, profile), **options)

    for option in (
        click.option(
            "--profile",
            envvar="LEUKOGRAPH_PROFILE",
            metavar="NAME",
            help="How to read a graph that is not ours: biolink, obo, or a FILE.toml.  [env: LEUKOGRAPH_PROFILE]",
        ),
        click.option(
            "--store",
            envvar="LEUKOGRAPH_STORE",
            metavar="DIR|FILE|URL",
            help="Ask this store, file or SPARQL endpoint instead of the shipped graph.  [env: LEUKOGRAPH_STORE]",
        ),
    ):
        opening = option(opening)
    return opening  # type: ignore[return-value]


class ByteSize(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A number of bytes, written as 512M or 2G."""

    name = "size"
    _UNITS: ClassVar = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes."""
        if isinstance(value, int):
            return value
        text = str(value).strip().upper().removesuffix("B").removesuffix("I")
        digits = text.rstrip("KMG")
        unit = text[len(digits) :]
        if not (digits.isascii() and digits.isdigit() and len(digits) < 15 and unit in self._UNITS) or not int(digits):
            self.fail(f"{value!r} is no size; write it as 512M or 2G", param, ctx)
        return int(digits) * self._UNITS[unit]


def format_option(*formats: str, default: str) -> Callable[[_Command], _Command]:
    """Add `--format`/`-f`; without it the format follows the extension of `--output`."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(formats),
        default=None,
        help=f"Format of the output.  [default: by the extension of --output, else {default}]",
    )


def output_options(command: _Command) -> _Command:
    """Add `--output`/`-o` and `--force`."""
    command = click.option("--force", is_flag=True, help="Overwrite an existing file.")(command)
    return click.option("-o", "--output", default="-", metavar="FILE", help="Write to FILE instead of the screen (-).")(
        command
    )


def once(*names: str, **attributes: Any) -> Callable[[_Command], _Command]:
    """Add an option that takes one value, and is refused when it is given twice."""
    return click.option(*names, multiple=True, callback=_single, **attributes)


def _single(_: click.Context, option: click.Parameter, values: tuple[Any, ...]) -> Any:
    if len(values) > 1:
        given = ", ".join(map(repr, values))
        raise click.UsageError(f"{option.opts[0]} was given more than once: {given}; one will do")
    return values[0] if values else None


def chain_options(command: _Command) -> _Command:
    """Add the options that say which chains to show."""
    for option in reversed(
        (
            once("--route", type=click.Choice(ROUTES), help="Only chains of this route."),
            once("--max-length", type=click.IntRange(1, 100), metavar="N", help="Only chains of N own steps at most."),
            click.option("--via", multiple=True, metavar="NAME", help="Only chains that meet NAME; may be repeated."),
            click.option("--avoid", multiple=True, metavar="NAME", help="No chain that meets NAME; may be repeated."),
            once("--least-grade", type=click.Choice(GRADES[:-1]), help="Only chains of which each step is as sure."),
            click.option(
                "--feedback", is_flag=True, help="Walk what follows from a low count, and what answers it, too."
            ),
        )
    ):
        command = option(command)
    return command


def chosen_format(format_: str | None, output: str, extensions: dict[str, str], default: str) -> str:
    """Return the format asked for, else the one of the file's extension, else the default."""
    return format_ or extensions.get(Path(output).suffix.lower(), default)


def emit(content: str | bytes, output: str, force: bool) -> None:
    """Write the answer to a file or to standard output.

    Raises:
        WrongOption: when the file exists and may not be overwritten.
        CannotWrite: when it cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if output == "-":
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            click.echo(content, nl=False)
        sys.stdout.flush()
        return
    if not output:
        raise WrongOption("the output has no name", "name a file, or - for the screen")
    path = Path(output)
    try:
        if path.is_dir():
            raise CannotWrite(f"{output} is a folder", "name a file in it")
        if path.is_file() and not force:
            raise WrongOption(f"{output} exists already", "overwrite it with --force, or choose another name")
        if path.exists() and not path.is_file():  # a device or a pipe: written in place
            path.write_bytes(data)
            return
    except OSError as error:
        if isinstance(error, CannotWrite):
            raise
        raise CannotWrite(f"{output[:200]} cannot be written: {error.strerror}") from error
    write_atomically(path, data)


def memory_option(default: int) -> Callable[[_Command], _Command]:
    """Add `--max-memory`, which the command gets as bytes."""
    return click.option(
        "--max-memory",
        "memory",
        type=ByteSize(),
        metavar="SIZE",
        default=f"{default >> 30}G",
        show_default=True,
        help="Memory that the work may take, such as 512M or 8G.",
    )


@contextlib.contextmanager
def progress_bar(title: str, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """Yield what draws a progress bar on stderr; None when nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from leukograph.render.safe import visible

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=visible(f"{title} {name}".strip()))

        yield show


def text_width() -> int:
    """Return the width of text in characters: that of the terminal, else 88."""
    if not sys.stdout.isatty():
        return 88
    try:
        return max(20, min(100, os.get_terminal_size(sys.stdout.fileno()).columns))
    except OSError:
        return 88
