"""`leukograph serve`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import ByteSize
from leukograph.errors import MissingExtra, WrongOption

#: A shorter token could be guessed.
_TOKEN = 16


@click.command("serve")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    envvar="LEUKOGRAPH_STORE",
    metavar="DIR",
    help="Serve this store instead of the shipped graph.  [env: LEUKOGRAPH_STORE]",
)
@click.option(
    "--profile",
    envvar="LEUKOGRAPH_PROFILE",
    metavar="NAME",
    help="How to answer from a graph that is not ours: biolink, obo, or a FILE.toml.  [env: LEUKOGRAPH_PROFILE]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8033, show_default=True, help="Port; 0 for any that is free."
)
@click.option("--allow-host", multiple=True, metavar="NAME", help="A name under which it is reached; may be repeated.")
@click.option("--public-url", metavar="URL", help="Its address for others, when a proxy stands before it.")
@click.option(
    "--allow-origin", multiple=True, metavar="ORIGIN", help="Let scripts of these pages read answers; * for all."
)
@click.option(
    "--allow-service",
    multiple=True,
    metavar="HOST",
    help="Let SERVICE ask this host; may be repeated. A host of your own network needs its address too.",
)
@click.option("--writable", is_flag=True, help="Take SPARQL Update, from clients that show the token.")
@click.option("--token", envvar="LEUKOGRAPH_TOKEN", metavar="TEXT", help="The token; better given as LEUKOGRAPH_TOKEN.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 86_400),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="For each request.",
)
@click.option(
    "--max-rows", type=click.IntRange(1), default=100_000, show_default=True, metavar="N", help="Rows of an answer."
)
@click.option(
    "--max-memory", type=ByteSize(), default="2G", show_default=True, metavar="SIZE", help="Memory of a worker."
)
@click.option(
    "--max-size", type=ByteSize(), default="64M", show_default=True, metavar="SIZE", help="Size of an answer."
)
@click.option("--max-body", type=ByteSize(), default="1M", show_default=True, metavar="SIZE", help="Size of a request.")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Requests at once.  [default: 2 a core, 4 to 16]",
)
@click.option(
    "--max-waiting", type=click.IntRange(0), default=128, show_default=True, metavar="N", help="Requests that wait."
)
@click.option(
    "--max-connections", type=click.IntRange(1), default=512, show_default=True, metavar="N", help="Open connections."
)
@click.option(
    "--client-timeout",
    type=click.FloatRange(0.1, 86_400),
    default=20,
    show_default=True,
    metavar="SECONDS",
    help="In which a client must send, and take.",
)
def command(
    store: Path | None,
    profile: str | None,
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    public_url: str | None,
    allow_origin: tuple[str, ...],
    allow_service: tuple[str, ...],
    writable: bool,
    token: str | None,
    timeout: float,
    max_rows: int,
    max_memory: int,
    max_size: int,
    max_body: int,
    workers: int | None,
    max_waiting: int,
    max_connections: int,
    client_timeout: float,
) -> int:
    """Serve the graph over HTTP: SPARQL, queries by name, and the answers as JSON.

    It listens to this machine alone, and reads only, unless told otherwise. Every query
    runs in a process of its own that is killed at the limits; a cut is announced. Start
    at the page it names; the endpoint is /sparql, the answers are under /api, and
    /openapi.json describes them.

    \b
    Example:
        leukograph serve
        leukograph serve --port 8080 --timeout 10 --max-rows 1000
        leukograph serve --store mygraph --writable
    """
    try:
        import starlette  # noqa: F401 - only whether it is there
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise MissingExtra(str(error.name), "leukograph serve", "serve") from error
    if writable:
        _check_token(store, token)
    if store is not None and store.parts[:1] in {("http:",), ("https:",)}:
        raise WrongOption("an endpoint is not served once more", "serve a store: leukograph load FILE --store DIR")
    if store is not None:
        _check_store(store, profile)
    elif profile is not None:
        raise WrongOption("--profile is for a store of your own", "name it with --store DIR")
    from leukograph import cache
    from leukograph.server.run import serve
    from leukograph.server.settings import LOCAL, Limits, Settings, check_origin, host_of

    for origin in allow_origin:
        check_origin(origin)
    limits = Limits(
        time=timeout,
        memory=max_memory,
        rows=max_rows,
        size=max_size,
        body=max_body,
        workers=workers or Limits().workers,
        waiting=max_waiting,
        connections=max_connections,
        client=client_timeout,
    )
    public = public_url and public_url.rstrip("/") + "/"
    names = {*LOCAL, host, *allow_host, *([host_of(public)] if public else [])}
    settings = Settings(
        turtle=cache.release_file(),
        store=None if store else cache.store_path(),
        folder=store,
        profile=profile,
        limits=limits,
        hosts=frozenset(name.lower().rstrip(".") for name in names),
        origins=allow_origin,
        services=allow_service,
        public_url=public,
        token=token if writable else None,
    )
    serve(settings, host, port)
    return 0


def _check_store(store: Path, profile: str | None) -> None:
    """Open a store once, and through its profile, so that what is amiss is told at the start."""
    from leukograph.store.folder import Folder

    Folder.open(store).close()
    if profile is not None:
        from leukograph.origins import opened

        opened(store, profile)


def _check_token(store: Path | None, token: str | None) -> None:
    if store is None:
        raise WrongOption("the shipped graph is never written to", "name a store of your own with --store DIR")
    if not token:
        raise WrongOption("--writable needs a token", "set LEUKOGRAPH_TOKEN to 16 characters or more")
    if len(token) < _TOKEN:
        raise WrongOption(f"a token of {len(token)} characters can be guessed", "use 16 or more")
