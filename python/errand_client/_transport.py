"""Calls of the API: retries with full jitter, pages, and streams of server-sent events that continue after a disconnect."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from ._access import Access
from ._io import Io
from ._record import query_of
from .errors import ApiError, ErrandConnectionError, ErrandError

RETRIED = (429, 502, 503, 504)
DEFAULT_TRIES = 6
"""How often a call is tried: for about 8 s."""
PATIENT_TRIES = 120
"""How often a call of a wait is tried: for about five minutes, in which a service can be deployed."""


def new_key() -> str:
    """An idempotency key."""
    return str(uuid4())


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def retry_after(self) -> float | None:
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdigit() else None

    @property
    def has_waited(self) -> bool:
        """Whether the API accepted the long poll."""
        return "preference-applied" in self.headers


@dataclass(frozen=True)
class Message:
    """A server-sent event."""

    event: str
    data: Any
    id: str


class StreamUnusable(Exception):
    """Server-sent events do not arrive, for example because a proxy buffers them. The last ID is the argument."""


class Transport:
    def __init__(self, io: Io, access: Access, timeout_seconds: float, stream_idle_seconds: float) -> None:
        self.io = io
        self.access = access
        self.timeout_seconds = timeout_seconds
        self.stream_idle_seconds = stream_idle_seconds

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        key: str | None = None,
        wait: float | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int = DEFAULT_TRIES,
    ) -> Reply:
        """Calls the API. Raises an `ApiError` for a status of 400 or more, and an `ErrandConnectionError` without a response."""
        sent = dict(headers or {})
        if key is not None:
            sent["idempotency-key"] = key
        if wait is not None:
            sent["prefer"] = f"wait={wait:.3f}"
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        if content is not None:
            sent["content-type"] = "application/json"
        timeout = httpx.Timeout(self.timeout_seconds + (wait or 0), connect=10)
        options = {"params": query_of(query or {}), "content": content, "timeout": timeout}
        for failures in range(1, tries + 1):
            pause = random.uniform(0, min(5, 0.25 * 2 ** min(failures, 8)))
            try:
                reply = await self._try(method, path, sent, options)
            except httpx.RequestError as error:
                if failures >= tries or isinstance(error, httpx.UnsupportedProtocol):
                    reason = str(error) or type(error).__name__
                    raise ErrandConnectionError(
                        f"{self.access.url} cannot be reached: {reason}. Check the URL, and that the service runs"
                    ) from error
            else:
                if reply.status < 400:
                    return reply
                if method == "DELETE" and failures > 1 and reply.status in (404, 410):
                    return reply  # An earlier try deleted it, although its response was lost.
                if reply.status not in RETRIED or failures >= tries:
                    raise self._error(f"{method} {path}", reply)
                pause = max(pause, reply.retry_after or 0)
            await self.io.sleep(pause)
        raise AssertionError("at least one try")

    async def pages(self, path: str, query: Mapping[str, Any] | None = None) -> AsyncGenerator[dict[str, Any], None]:
        """Yields the items of all pages of a list."""
        cursor: str | None = None
        while True:
            page = (await self.call("GET", path, query={**(query or {}), "cursor": cursor})).body
            for item in page["items"]:
                yield item
            cursor = page.get("nextCursor")
            if cursor is None:
                return

    async def messages(self, path: str, query: Mapping[str, Any], last_id: str) -> AsyncGenerator[Message, None]:
        """Yields server-sent events over reconnects, until the stream has ended. Raises `StreamUnusable`."""
        failures = 0
        while failures < 3:
            pause = 1.0
            try:
                async with aclosing(self._connection(path, query, last_id)) as messages:
                    async for message in messages:
                        failures = 0
                        last_id = message.id or last_id
                        if message.event == "end":
                            return
                        if message.event == "retry":
                            pause = message.data / 1000
                        elif message.data is not None:
                            yield message
            except httpx.ReadTimeout:
                break  # The service sends something every 10 s.
            except httpx.RequestError:
                failures += 1
            await self.io.sleep(random.uniform(0.5, 1) * pause * (1 + failures))
        raise StreamUnusable(last_id)

    async def _connection(self, path: str, query: Mapping[str, Any], last_id: str) -> AsyncGenerator[Message, None]:
        headers = {"accept": "text/event-stream", **({"last-event-id": last_id} if last_id else {})}
        timeout = httpx.Timeout(self.stream_idle_seconds, connect=10)
        response = await self._open("GET", path, headers, {"params": query_of(query), "timeout": timeout})
        try:
            if response.status_code == 204:
                yield Message("end", None, "")
                return
            if response.status_code >= 400:
                reply = await self._reply(response)
                if reply.status in RETRIED:
                    raise httpx.RequestError(f"status {reply.status}")
                raise self._error(f"GET {path}", reply)
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise httpx.RequestError("The response is no stream of events")
            event, data, last, rest = "", "", "", b""
            async with aclosing(self.io.chunks(response)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    *lines, rest = (rest + chunk).split(b"\n")  # JSON can contain other line separators of Unicode.
                    for name, _, value in (line.decode().rstrip("\r").partition(":") for line in lines):
                        value = value.removeprefix(" ")
                        if name == "event":
                            event = value
                        elif name == "data":
                            data += value
                        elif name == "id":
                            last = value
                        elif name == "retry":
                            yield Message("retry", int(value), last)
                        elif name == "":
                            if data or last:
                                yield Message(event, json.loads(data) if data else None, last)
                            event, data = "", ""
        finally:
            await self.io.close(response)

    async def _open(self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]) -> httpx.Response:
        every = {**await self.access.headers(), "user-agent": "errand-client-python/0.1.0", **headers}
        try:
            request = self.io.build(method, self.access.url + path, headers=every, **options)
        except httpx.InvalidURL as error:
            raise ErrandError(f"{self.access.url} is no valid URL: {error}") from error
        return await self.io.send(request)

    async def _try(self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]) -> Reply:
        return await self._reply(await self._open(method, path, headers, options))

    async def _reply(self, response: httpx.Response) -> Reply:
        try:
            content = await self.io.read(response)
        finally:
            await self.io.close(response)
        try:
            body = json.loads(content) if content else None
        except ValueError:
            body = {"title": content[:300].decode(errors="replace")}
        return Reply(response.status_code, response.headers, body)

    def _error(self, call: str, reply: Reply) -> ApiError:
        problem = reply.body if isinstance(reply.body, dict) else {}
        return ApiError(reply.status, problem, call, self.access.url, reply.headers.get("x-request-id"))
