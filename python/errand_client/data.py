"""Data objects: uploads that resume, and downloads that continue."""

from __future__ import annotations

import hashlib
import io
import mimetypes
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import httpx

from ._core import Core, Part
from ._drive import Blocking, Suspending, stream, verb
from ._record import Record, members
from ._transport import new_key
from .errors import TransferError

T = TypeVar("T")
OnProgress = Callable[[int, int], Any]
"""Receives the bytes that were sent, and all bytes."""

MAX_SINGLE_BYTES = 100_000_000
CHUNK_BYTES = 262_144
PAUSES = (0.2, 1, 3, 10, 20)
_reference = re.compile(r"(?:urn:errand:data:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class DataBase(Part[Any]):
    @verb
    async def upload(
        self,
        source: str | PathLike[str] | bytes | BinaryIO,
        *,
        name: str | None = None,
        media_type: str | None = None,
        tags: Sequence[str] = (),
        expires_at: datetime | str | None = None,
        on_progress: OnProgress | None = None,
        idempotency_key: str | None = None,
    ) -> Record:
        """
        Uploads a file, by its path or opened for reading bytes, or bytes. Another upload of the same content with the same
        `idempotency_key` continues one that was interrupted. Returns the data object.
        """
        about = {"media_type": media_type, "tags": list(tags) or None, "expires_at": expires_at}
        return await upload(self._core, source, name, about, on_progress, idempotency_key or new_key())

    @verb
    async def get(self, id: str) -> Record:
        return Record((await self._transport.call("GET", f"/v1/data/{id}")).body)

    @stream
    async def list(self, /, **filters: Any) -> AsyncGenerator[Record, None]:
        """Yields the data objects that match all filters, such as `tag`, `name_prefix`, `media_type` and `job`."""
        async for item in self._transport.pages("/v1/data", filters):
            yield Record(item)

    @verb
    async def delete(self, id: str) -> None:
        await self._transport.call("DELETE", f"/v1/data/{id}")

    @verb
    async def download(self, id: str, path: str | PathLike[str] | None = None) -> bytes:
        """
        Returns the content, or saves it as a file if there is a `path`, and returns no bytes. A cut connection is continued
        at the first missing byte; the file appears when it is complete.
        """
        data = (await self._transport.call("GET", f"/v1/data/{id}")).body
        if path is None:
            memory = io.BytesIO()
            await self._download_to(data, memory)
            return memory.getvalue()
        partial = Path(f"{os.fspath(path)}.part")
        try:
            with partial.open("w+b") as file:
                await self._download_to(data, file)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return b""

    async def _download_to(self, data: Mapping[str, Any], file: BinaryIO) -> None:
        async def go_on() -> None:
            url = (await self._transport.call("GET", f"/v1/data/{data['id']}/content", query={"redirect": False})).body["url"]
            start = file.seek(0, os.SEEK_END)
            if start == data["sizeBytes"]:
                return
            reading = self._transport.io
            response = await reading.send(reading.build("GET", url, headers={"range": f"bytes={start}-"} if start else {}))
            try:
                _check(response.status_code, "The download")
                if start and response.status_code != 206:
                    file.truncate(file.seek(0))
                async with aclosing(reading.chunks(response)) as chunks:  # type: ignore[type-var]
                    async for chunk in chunks:
                        file.write(chunk)
            finally:
                await reading.close(response)

        await _persistently(self._core, go_on)
        expected = (data.get("checksum") or {}).get("sha256")
        if file.seek(0, os.SEEK_END) != data["sizeBytes"] or expected not in (None, _digest(file, "sha256", 0, data["sizeBytes"])):
            raise TransferError(f"The downloaded content of {data['id']} differs from the data object: download it again")


class Data(DataBase, Blocking): ...


class AsyncData(DataBase, Suspending): ...


class _Passing(Exception):
    """A failure that may pass: the next try uses a new URL."""


def _check(status: int, what: str) -> None:
    if status in (403, 408, 409, 429) or status >= 500:
        raise _Passing(f"{what} failed with status {status}")
    if status >= 300 and status != 412:  # 412: an earlier try has stored the content, although its response was lost.
        raise TransferError(f"{what} failed with status {status}")


async def _persistently(core: Core[Any], attempt: Callable[[], Awaitable[T]]) -> T:
    for pause in (*PAUSES, None):
        try:
            return await attempt()
        except (httpx.RequestError, _Passing) as error:
            if pause is None:
                raise TransferError(f"The transfer failed after {len(PAUSES) + 1} tries: {error}") from error
            await core.transport.io.sleep(pause)
    raise AssertionError("the last try returns or raises")


async def upload(
    core: Core[Any], source: Any, name: str | None, about: Mapping[str, Any], on_progress: OnProgress | None, key: str
) -> Record:
    if isinstance(source, (str, PathLike)):
        with open(source, "rb") as opened:
            return await upload(core, opened, name or Path(source).name, about, on_progress, key)
    file: BinaryIO = io.BytesIO(source) if isinstance(source, (bytes, bytearray, memoryview)) else source
    size = file.seek(0, os.SEEK_END)
    name = name or Path(str(getattr(file, "name", "data"))).name
    media_type = about.get("media_type") or mimetypes.guess_type(name)[0]
    sha256 = _digest(file, "sha256", 0, size) if size <= MAX_SINGLE_BYTES else None
    body = members({**about, "name": name, "media_type": media_type, "size_bytes": size, "sha256": sha256})
    data = (await core.transport.call("POST", "/v1/data", body=body, key=key)).body
    path, sent = f"/v1/data/{data['id']}", 0

    def count(length: int) -> None:
        nonlocal sent
        sent += length
        if on_progress:
            on_progress(sent, size)

    if data["status"] == "failed":
        raise TransferError(f"The upload of {data['id']} was not completed in time: upload it again with another key")
    completion: dict[str, Any] = {}
    if data["status"] == "available":
        count(size)
    elif "url" in data["upload"]:
        await _persistently(core, lambda: _put_whole(core, file, path, size, count))
    else:
        completion = {"parts": await _put_parts(core, file, path, count)}
    while True:
        reply = await core.transport.call("POST", f"{path}/complete", body=completion)
        if reply.status != 202:
            return Record(reply.body)
        await core.transport.io.sleep(reply.retry_after or 1)


async def _put_whole(core: Core[Any], file: BinaryIO, path: str, size: int, count: Callable[[int], None]) -> None:
    target = (await core.transport.call("GET", path)).body.get("upload")
    if target:
        await _put(core, file, target["url"], target["headers"], (0, size), count)


async def _put_parts(core: Core[Any], file: BinaryIO, path: str, count: Callable[[int], None]) -> list[dict[str, Any]]:
    """Sends the parts that S3 does not have with this content: the ETag of a part is its MD5."""
    done: list[dict[str, Any]] = []
    start = 0
    async for part in core.transport.pages(f"{path}/parts"):
        end = start + part["sizeBytes"]
        etag = part.get("etag")
        if etag == _digest(file, "md5", start, end):
            count(end - start)
        else:

            async def send(number: int = part["number"], span: tuple[int, int] = (start, end)) -> str:
                query = {"from": number, "limit": 1}
                current = (await core.transport.call("GET", f"{path}/parts", query=query)).body["items"][0]
                return await _put(core, file, current["url"], {}, span, count)

            etag = await _persistently(core, send)
        done.append({"number": part["number"], "etag": etag})
        start = end
    return done


async def _put(
    core: Core[Any], file: BinaryIO, url: str, headers: Mapping[str, str], span: tuple[int, int], count: Callable[[int], None]
) -> str:
    """Sends a range of the file, and returns its ETag. Bytes of a failed try are subtracted from the progress."""
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for chunk in _read(file, *span):
            yield chunk
            sent += len(chunk)
            count(len(chunk))

    stored = False
    try:
        sending = core.transport.io
        length = {"content-length": str(span[1] - span[0])}
        timeout = httpx.Timeout(60, connect=10)
        request = sending.build("PUT", url, headers={**headers, **length}, content=sending.body(chunks()), timeout=timeout)
        response = await sending.send(request)
        await sending.read(response)
        _check(response.status_code, "The upload")
        stored = True
        return str(response.headers.get("etag", "")).strip('"')
    finally:
        if not stored:
            count(-sent)


def _read(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        file.seek(start)
        chunk = file.read(min(CHUNK_BYTES, end - start))
        if not chunk:
            raise TransferError("The file has become shorter while it was uploaded: upload it again")
        start += len(chunk)
        yield chunk


def _digest(file: BinaryIO, algorithm: str, start: int, end: int) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    for chunk in _read(file, start, end):
        digest.update(chunk)
    return digest.hexdigest()


async def upload_inputs(core: Core[Any], submission: dict[str, Any], key: str) -> dict[str, Any]:
    """Uploads the files among the inputs: all that are neither IDs nor data objects. A slot can have one or a list of them."""
    inputs: dict[str, list[str]] = {}
    for slot, given in (submission.get("inputs") or {}).items():
        inputs[slot] = []
        for index, item in enumerate(given if isinstance(given, (list, tuple)) else [given]):
            if isinstance(item, Mapping):
                inputs[slot].append(item["id"])
            elif isinstance(item, str) and _reference.fullmatch(item):
                inputs[slot].append(item)
            else:
                inputs[slot].append((await upload(core, item, None, {}, None, f"{key}/{slot}/{index}")).id)
    return {**submission, "inputs": inputs} if inputs else submission
