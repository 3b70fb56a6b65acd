"""What stands before every request: the Host header, sizes, times, headers of safety.

`Guard` is ASGI; `Strict` is the connection itself, since a client that never finishes
its request line, or never takes its answer, does not get as far as an application.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from leukograph.errors import BadRequest
from leukograph.server.settings import Settings

#: An answer goes out in pieces of so many bytes, each of which must be taken in time.
PIECE = 1 << 16
#: No script, no frame, nothing from elsewhere.
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_SAFETY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """Refuses what no client of ours sends, and bounds what one may send."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["leukograph.refusal"] = self._refusal(Headers(scope=scope))
        await self._app(scope, self._bounded(receive), _dressed(send, bool(self._settings.origins)))

    def _refusal(self, headers: Headers) -> BadRequest | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or host_name(hosts[0]) not in self._settings.hosts:
            return BadRequest(
                f"this server is not {hosts[0][:100]!a}" if hosts else "the request names no host",
                "allow the name with --allow-host",
                421,
            )
        if (coding := headers.get("content-encoding", "identity").strip().lower()) != "identity":
            return BadRequest(f"the body comes in the coding {coding[:40]!a}", "send it as it is", 415)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._settings.limits.body:
            return self._too_large()
        return None

    def _too_large(self) -> BadRequest:
        return BadRequest(f"the body is larger than {self._settings.limits.body} bytes", "send less", 413)

    def _bounded(self, receive: Receive) -> Receive:
        """Return what takes no more of a body than is allowed, and no longer."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._settings.limits.client
        taken, complete = 0, False

        async def bounded() -> Message:
            nonlocal taken, complete
            if complete:  # only the end of the connection can come now
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), end - loop.time())
            except TimeoutError as error:
                raise BadRequest("the request took too long to come", "send it at once", 408) from error
            complete = not message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > self._settings.limits.body:
                raise self._too_large()
            return message

        return bounded


def host_name(header: str) -> str:
    """Return the name in a Host header, without port and brackets, in small letters.

    Example:
        >>> host_name("[::1]:8033"), host_name("LocalHost:8033")
        ('::1', 'localhost')
    """
    name, bracket, _ = header.strip().partition("]")
    name = name.removeprefix("[") if bracket else name.partition(":")[0]
    return name.rstrip(".").lower()


def _dressed(send: Send, shared: bool) -> Send:
    """Return what adds the headers of safety, and sends long answers piece by piece."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SAFETY.items():
                headers.setdefault(name, value)
            if not shared:
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if message["type"] == "http.response.body" and len(message.get("body", b"")) > PIECE:
            for piece in _pieces(message):
                await send(piece)
            return
        await send(message)

    return dressed


def _pieces(message: Message) -> Iterator[Message]:
    body = message["body"]
    for start in range(0, len(body), PIECE):
        last = start + PIECE >= len(body)
        yield {**message, "body": body[start : start + PIECE], "more_body": message.get("more_body", False) or not last}


class Strict(H11Protocol):
    """A connection that is dropped when its client keeps it waiting."""

    #: seconds for the head of a request to come, and for each piece of an answer to be taken
    patience = 20.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_alarm: asyncio.TimerHandle | None = None
        self._answer_alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; while a head is incomplete the time runs."""
        super().data_received(data)
        if self._answering:
            self._head_alarm = _off(self._head_alarm)
        elif self._head_alarm is None:
            self._wait_for_head()

    def pause_writing(self) -> None:
        """Note that the client does not take its answer."""
        super().pause_writing()
        self._answer_alarm = self._answer_alarm or self.loop.call_later(self.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that it does again."""
        super().resume_writing()
        self._answer_alarm = _off(self._answer_alarm)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._head_alarm = _off(self._head_alarm)
        self._answer_alarm = _off(self._answer_alarm)
        super().connection_lost(exc)

    @property
    def _answering(self) -> bool:
        cycle: Any = self.cycle  # none before the first request
        return cycle is not None and not cycle.response_complete

    def _wait_for_head(self) -> None:
        self._head_alarm = self.loop.call_later(self.patience, self._drop)

    def _drop(self) -> None:
        if not self._answering:
            self.transport.abort()


def _off(alarm: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Call an alarm off; what takes its place is none."""
    if alarm is not None:
        alarm.cancel()
    return None


def strict(patience: float) -> type[Strict]:
    """Return the protocol with another patience [s]."""
    return type("Strict", (Strict,), {"patience": patience})
