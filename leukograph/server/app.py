"""The application: which address does what."""

from __future__ import annotations

import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from leukograph import __version__, queries
from leukograph.errors import BadRequest, LeukographError, LimitReached, StoreInUse, UnknownGraph, UnknownName
from leukograph.server import negotiation, openapi, pages, protocol
from leukograph.server.backend import Backend
from leukograph.server.description import Counts, Service
from leukograph.server.guards import Guard
from leukograph.server.negotiation import ROWS, TRIPLES
from leukograph.server.settings import Settings
from leukograph.server.verbs import VERBS
from leukograph.store.child import Answer
from leukograph.store.pool import GivenUp

TRUNCATED = "Leukograph-Truncated"
#: The status of an error, by its code; what is not here is a fault of ours.
_STATUS = {
    **dict.fromkeys(("LG102", "LG103", "LG201", "LG202", "LG205"), 400),
    "LG101": 404,
    "LG204": 403,
    "LG401": 409,  # what is served cannot answer this kind of question
}
_OF_LIMITS = {"time": 504, "memory": 507, "size": 507}
_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


def create_app(settings: Settings) -> Starlette:
    """Return the application; its workers run from its start to its end."""
    site = _Site(settings)
    middleware = [Middleware(Guard, settings=settings)]
    if settings.origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.origins),
                allow_methods=["GET", "POST"],
                allow_headers=["Accept", "Content-Type", "Authorization"],
                allow_credentials=False,
                expose_headers=[TRUNCATED],
            )
        )
    app = Starlette(
        routes=[
            Route("/", site.start),
            Route("/sparql", site.sparql, methods=["GET", "POST"]),
            Route("/sparql/", site.sparql, methods=["GET", "POST"]),
            Route("/graphs", site.graphs),
            Route("/graphs/{path:path}", site.graphs),
            Route("/queries", site.queries),
            Route("/queries/{name}", site.query),
            Route("/api/{verb}", site.verb),
            Route("/openapi.json", site.openapi),
            Route("/.well-known/void", site.void),
            Route("/health", site.health),
            Route("/style.css", site.style),
        ],
        middleware=[*middleware, Middleware(_Refusing)],
        exception_handlers=dict.fromkeys((LeukographError, HTTPException, GivenUp), _handled),
        lifespan=site.lifespan,
    )
    #: ends the workers, and with them what is still being worked on
    app.state.stop = site.stop
    return app


class _Refusing:
    """Raises what the guard found, where it can be answered like any other error."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        refusal = scope.get("leukograph.refusal")
        if refusal is not None:
            await _failed(Request(scope), refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class _Site:
    """The endpoints of one application."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._backend: Backend | None = None
        self._counts: tuple[object, Counts | None] | None = None
        self._named = queries.all_queries()

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Keep the workers while the application runs."""
        self._backend = Backend(self._settings)
        try:
            yield
        finally:
            self.stop()

    def stop(self) -> None:
        """End the workers."""
        if self._backend is not None:
            self._backend.close()

    @property
    def backend(self) -> Backend:
        """The workers."""
        assert self._backend is not None, "the application is not started"
        return self._backend

    # --- SPARQL --------------------------------------------------------------------

    async def sparql(self, request: Request) -> Response:
        """SPARQL 1.1 Protocol, and the description when nothing is asked."""
        asked = protocol.read(
            request.method,
            request.scope["query_string"],
            request.headers.get("content-type"),
            await request.body(),
        )
        if asked.update is not None:
            return await self._update(request, asked)
        if asked.query is None:
            service = await self._service(request)
            form = _form_of(request, asked.form, TRIPLES)
            return _negotiated(request, service.description(form), form)
        fields = {
            "query": asked.query,
            "default_graphs": list(asked.default_graphs),
            "named_graphs": list(asked.named_graphs),
        }
        return await self._asked(request, "ask", fields, asked.form, asked.query)

    async def _asked(
        self, request: Request, do: str, fields: Mapping[str, Any], form: str | None, shown: str = ""
    ) -> Response:
        """Ask a worker for rows or triples, in the format that the client likes."""
        rows_as, triples_as = _wanted(request, form)
        limit = min(self._settings.limits.rows, pages.ROWS) if rows_as == "html" else self._settings.limits.rows
        answer = await self.backend.ask(
            do,
            {
                "default_graphs": [],
                "named_graphs": [],
                "base": self._endpoint(request),
                "rows_as": rows_as,
                "triples_as": triples_as,
                "rows": limit,
                **fields,
            },
            _gone(request),
        )
        return _answered(request, answer, limit, shown)

    async def _update(self, request: Request, asked: protocol.Asked) -> Response:
        settings = self._settings
        if not settings.writable:
            raise BadRequest("this endpoint is read-only", "updates need: leukograph serve --store DIR --writable", 403)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        assert settings.token is not None
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), settings.token.encode()):
            raise BadRequest(
                "an update needs the token",
                "send it as: Authorization: Bearer TOKEN",
                401,
                {"WWW-Authenticate": "Bearer"},
            )
        fields = {
            "query": asked.update,
            "default_graphs": list(asked.default_graphs),
            "named_graphs": list(asked.named_graphs),
            "base": self._endpoint(request),
        }
        await self.backend.update(fields)
        return Response(status_code=204)

    async def graphs(self, request: Request) -> Response:
        """Graph Store Protocol, the reading part: ?default, ?graph=IRI, or the graph's own address."""
        path, parameters = request.path_params.get("path"), request.query_params
        graphs, default = parameters.getlist("graph"), "default" in parameters
        if path:
            graphs = [
                _root(request, self._settings) + request.scope["raw_path"].decode("ascii", "replace").removeprefix("/")
            ]
        elif len(graphs) + default != 1:
            raise BadRequest("say which graph", "with ?default, or with ?graph= and its IRI")
        form = parameters.get("format")
        _form_of(request, form, TRIPLES)
        fields: dict[str, Any] = {"query": _EVERYTHING, "default_graphs": graphs or [None]}
        try:
            return await self._asked(request, "ask", fields, form)
        except UnknownGraph as error:
            raise BadRequest(str(error), error.hint, 404) from error

    # --- queries by name -------------------------------------------------------------

    async def queries(self, request: Request) -> Response:
        """The named queries: a page, JSON, or Turtle in the convention of the SIB."""
        formats = {"text/html": "html", "application/json": "json", "text/turtle": "turtle"}
        form = _form_of(request, request.query_params.get("format"), formats)
        if form == "html":
            return _negotiated(request, pages.queries(self._named), form)
        if form == "json":
            return _negotiated(request, queries.as_json(self._named).encode(), form)
        answer = await self.backend.ask("examples", {"endpoint": self._endpoint(request)})
        return _negotiated(request, answer.body, form)

    async def query(self, request: Request) -> Response:
        """A query by its name, its parameters in the address."""
        name = request.path_params["name"]
        if name not in {query.name for query in self._named}:
            raise BadRequest(f"there is no query called {name[:100]!r}", "they are listed at /queries", 404)
        given: dict[str, str] = {}
        form = None
        for key, value in request.query_params.multi_items():
            if key == "format":
                form = value
            elif key in given:
                raise BadRequest(f"the parameter {key[:100]!r} is given twice", "one will do")
            else:
                given[key] = value
        return await self._asked(request, "named", {"name": name, "params": given}, form)

    # --- answers ---------------------------------------------------------------------

    async def verb(self, request: Request) -> Response:
        """A question of the Python interface, answered in the JSON of the command line."""
        name = request.path_params["verb"]
        if name not in VERBS:
            raise BadRequest(f"there is no question called {name[:100]!r}", "there are: " + ", ".join(VERBS), 404)
        if not negotiation.chosen(request.headers.get("accept"), {"application/json": "json", "text/html": "json"}):
            raise BadRequest("the answer is JSON", "accept application/json", 406)
        arguments: dict[str, list[str]] = {}
        for key, value in request.query_params.multi_items():
            arguments.setdefault(key, []).append(value)
        answer = await self.backend.ask("verb", {"name": name, "arguments": arguments}, _gone(request))
        return Response(answer.body, media_type="application/json")

    # --- about the service -----------------------------------------------------------

    async def start(self, request: Request) -> Response:
        """The page at the root."""
        examples = [
            (f"/api/{name}", verb.summary, f"/api/{name}?{urlencode(verb.example)}") for name, verb in VERBS.items()
        ]
        counts = await self._counted()
        page = pages.start(self._named, examples, counts["triples"] if counts else None)
        return Response(page, media_type="text/html")

    async def void(self, request: Request) -> Response:
        """VoID and DCAT."""
        form = _form_of(request, request.query_params.get("format"), TRIPLES)
        return _negotiated(request, (await self._service(request)).void(form), form)

    async def openapi(self, request: Request) -> Response:
        """The OpenAPI document."""
        root = _root(request, self._settings)
        return JSONResponse(openapi.document(root, self._named, writable=self._settings.writable))

    async def health(self, _: Request) -> Response:
        """Whether the service answers: a worker is asked."""
        backend = self.backend
        busy = backend.busy
        if busy < self._settings.limits.workers:  # else they live, and are at work
            fields: dict[str, Any] = {
                "query": "ASK {}",
                "default_graphs": [],
                "named_graphs": [],
                "base": None,
                "rows_as": "json",
                "triples_as": None,
            }
            await backend.ask("ask", fields)
        return JSONResponse(
            {"status": "ok", "version": __version__, "busy": busy, "workers": self._settings.limits.workers}
        )

    async def style(self, _: Request) -> Response:
        """The style of the pages."""
        return Response(pages.STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    def _endpoint(self, request: Request) -> str:
        return f"{_root(request, self._settings)}sparql"

    async def _service(self, request: Request) -> Service:
        return Service(
            self._endpoint(request),
            _root(request, self._settings),
            await self._counted(),
            writable=self._settings.writable,
            federated=bool(self._settings.services),
        )

    async def _counted(self) -> Counts | None:
        """Return the numbers of the description, counted once for each state of the store."""
        state = self.backend.state
        if self._counts is None or self._counts[0] != state:
            counts = None
            with contextlib.suppress(LimitReached):
                counts = json.loads((await self.backend.ask("describe", {})).body)
            self._counts = (state, counts)
        return self._counts[1]


def _root(request: Request, settings: Settings) -> str:
    return settings.public_url or str(request.base_url)


def _gone(request: Request) -> Any:
    """Return what ends when the client is gone; the body was read before."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return gone


def _wanted(request: Request, form: str | None) -> tuple[str | None, str | None]:
    """Return the formats for rows and for triples; None where the client takes none."""
    if form:
        rows = form if form in ROWS.values() else None
        triples = (
            form if form in TRIPLES.values() else "jsonld" if form == "json" else "rdfxml" if form == "xml" else None
        )
        if rows is None and triples is None:
            raise BadRequest(f"there is no format {form[:40]!r}", "one of: " + ", ".join(_names()))
        return rows, triples
    accept = request.headers.get("accept")
    return negotiation.chosen(accept, ROWS), negotiation.chosen(accept, TRIPLES)


def _names() -> list[str]:
    return list(dict.fromkeys([*ROWS.values(), *TRIPLES.values()]))


def _form_of(request: Request, form: str | None, formats: Mapping[str, str]) -> str:
    """Return the format of an answer whose formats are known.

    Raises:
        BadRequest: when the client takes none of them.
    """
    if form:
        if form in formats.values():
            return form
        raise BadRequest(
            f"there is no format {form[:40]!r} for this", "one of: " + ", ".join(dict.fromkeys(formats.values()))
        )
    found = negotiation.chosen(request.headers.get("accept"), formats)
    if found is None:
        raise _unacceptable(formats)
    return found


def _unacceptable(formats: Mapping[str, str]) -> BadRequest:
    return BadRequest(
        "the answer comes in none of the types that are accepted", "accept one of: " + ", ".join(formats), 406
    )


def _negotiated(request: Request, body: bytes, form: str) -> Response:
    types = {
        "html": "text/html",
        "json": "application/json",
        "turtle": "text/turtle",
        "ntriples": "application/n-triples",
    }
    types |= {"rdfxml": "application/rdf+xml", "jsonld": "application/ld+json"}
    if form == "html" and not body.startswith(b"<!doctype"):
        body = pages.triples(body.decode(), "", "")
    return Response(body, media_type=types[form], headers={"Vary": "Accept"})


def _answered(request: Request, answer: Answer, limit: int, query: str) -> Response:
    """Return rows or triples as they came from a worker, with what was cut."""
    told = answer.told
    formats = ROWS if told["is_rows"] else TRIPLES
    form = told["form"]
    if form is None:
        raise _unacceptable(formats)
    headers = {"Vary": "Accept"}
    cut = ""
    if told["truncated"]:
        cut = f"only the first {limit} {'rows' if told['is_rows'] else 'triples'} are given"
        headers[TRUNCATED] = f"{'rows' if told['is_rows'] else 'triples'}; limit={limit}"
    body = answer.body
    if form == "html" and told["is_rows"]:
        body = pages.table(_ordered(body, query), query, cut)
    elif form == "html":
        body = pages.triples(body.decode(), query, cut)
    return Response(body, headers={**headers, "Content-Type": negotiation.media_type(form, formats)})


def _ordered(body: bytes, query: str) -> Any:
    from leukograph.render.results import Results, ordered
    from leukograph.store.tokens import tokens

    names = dict.fromkeys(token.text[1:] for token in tokens(query) if token.kind == "variable")
    return ordered(Results.from_json(body), list(names))


async def _handled(request: Request, error: Exception) -> Response:
    """What Starlette calls; as a coroutine it needs no thread."""
    return _failed(request, error)


def _failed(request: Request, error: Exception) -> Response:
    """Return an error as RFC 9457 has it, or as a page for a browser."""
    if isinstance(error, GivenUp):
        error = BadRequest("the server stops", "ask again later", 503, {"Retry-After": "5"})
    status, headers = _status(error)
    problem: dict[str, Any] = {"title": str(error), "status": status, "code": getattr(error, "code", "LG701")}
    if isinstance(error, HTTPException):
        problem["title"] = {404: "there is nothing at this address", 405: f"{request.method} is not taken here"}.get(
            status, error.detail
        )
    if hint := getattr(error, "hint", ""):
        problem["hint"] = hint
    for name in ("line", "column"):
        if getattr(error, name, None) is not None:
            problem[name] = getattr(error, name)
    if isinstance(error, UnknownName):
        problem["closest"] = hint.removeprefix("closest names: ").split(", ") if hint.startswith("closest") else []
    if negotiation.chosen(request.headers.get("accept"), {"application/json": "json", "text/html": "html"}) == "html":
        page = pages.fault(status, problem["title"], hint, problem["code"])
        return Response(page, status, {**headers, "Content-Type": "text/html; charset=utf-8"})
    body = json.dumps(problem, ensure_ascii=False).encode(errors="replace")
    return Response(body, status, {**headers, "Content-Type": "application/problem+json"})


def _status(error: Exception) -> tuple[int, Mapping[str, str]]:
    if isinstance(error, BadRequest):
        return error.status, error.headers
    if isinstance(error, HTTPException):
        return error.status_code, dict(error.headers or {})
    if isinstance(error, StoreInUse):
        return 503, {"Retry-After": "1"}
    if isinstance(error, LimitReached):
        return _OF_LIMITS.get(error.limit, 504), {}
    return _STATUS.get(getattr(error, "code", ""), 500), {}
