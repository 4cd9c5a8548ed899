"""The two ways to do what the client waits for: responses and pauses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any, Protocol

import httpx


class Io(Protocol):
    async def send(self, request: httpx.Request) -> httpx.Response:
        """Returns the response without its body, which must be read or closed."""

    async def read(self, response: httpx.Response) -> bytes: ...
    def chunks(self, response: httpx.Response) -> AsyncIterator[bytes]: ...
    async def close(self, response: httpx.Response) -> None: ...
    def body(self, chunks: Iterator[bytes]) -> Iterable[bytes] | AsyncIterable[bytes]: ...
    async def sleep(self, seconds: float) -> None: ...
    async def end(self) -> None: ...
    def build(self, method: str, url: str, **options: Any) -> httpx.Request: ...


class BlockingIo:
    """Never suspends: each method returns when the work is done."""

    def __init__(self, transport: httpx.BaseTransport | None) -> None:
        self.client = httpx.Client(transport=transport)
        self.build = self.client.build_request

    async def send(self, request: httpx.Request) -> httpx.Response:
        return self.client.send(request, stream=True)

    async def read(self, response: httpx.Response) -> bytes:
        return response.read()

    async def chunks(self, response: httpx.Response) -> AsyncIterator[bytes]:
        for chunk in response.iter_bytes():
            yield chunk

    async def close(self, response: httpx.Response) -> None:
        response.close()

    def body(self, chunks: Iterator[bytes]) -> Iterable[bytes]:
        return chunks

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def end(self) -> None:
        self.client.close()


class AsyncIo:
    def __init__(self, transport: httpx.AsyncBaseTransport | None) -> None:
        self.client = httpx.AsyncClient(transport=transport)
        self.build = self.client.build_request

    async def send(self, request: httpx.Request) -> httpx.Response:
        return await self.client.send(request, stream=True)

    async def read(self, response: httpx.Response) -> bytes:
        return await response.aread()

    def chunks(self, response: httpx.Response) -> AsyncIterator[bytes]:
        return response.aiter_bytes()

    async def close(self, response: httpx.Response) -> None:
        await response.aclose()

    async def body(self, chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def end(self) -> None:
        await self.client.aclose()
