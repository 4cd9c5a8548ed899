"""Data objects of a job: its inputs are read, and its outputs written, as streams that may be larger than the memory.

Content is transferred directly from and to the store, at presigned URLs that contain their own permission. To copy the
input slot `table` to the output slot `copy`:

    for table in data.inputs(attempt, "table"):
        data.write(attempt, "copy", table["name"], data.read(attempt, "table", table), table["mediaType"])
"""

import hashlib
import http.client
import json
from urllib.parse import quote, urlsplit

from attempt import CONNECTION_FAULTS, LONG_PAUSES, Failure, encode

CHUNK_BYTES = 262_144
# A source that ends within these bytes is uploaded with one request.
COLLECTED_BYTES = 8_388_608
# Nothing is transferred for this long: the connection is replaced.
IDLE_SECONDS = 20
COMPLETION_SECONDS = 30


def inputs(attempt, slot):
    """Returns the data objects in an input slot, as dictionaries with `id`, `name`, `mediaType`, `sizeBytes` and `url`.

    Raises `ValueError` if the service does not declare the slot.
    """
    slots = json.loads(attempt.call("GET", "/inputs"))
    if slot not in slots:
        names = ", ".join(slots) or "no input slots"
        raise ValueError(f'"{slot}" is not an input slot of the service, which has {names}')
    return slots[slot]


def read(attempt, slot, found):
    """Yields the content of an input. A cut connection is continued at the first missing byte, an expired URL replaced."""
    size, url = found["sizeBytes"], found["url"]
    position, etag = 0, None
    pauses = iter(LONG_PAUSES)
    while position < size:
        attempt.check()
        headers = {"Range": f"bytes={position}-"}
        if etag:
            # The rest must be of the same content.
            headers["If-Match"] = etag
        status, reason = None, "the connection ended early"
        try:
            with Exchange("GET", url, headers) as response:
                status = response.status
                if status == 206:
                    etag = response.headers["ETag"]
                    while chunk := response.read(CHUNK_BYTES):
                        position += len(chunk)
                        pauses = iter(LONG_PAUSES)
                        yield chunk
                        attempt.check()
                else:
                    reason = f"status {status}"
        except CONNECTION_FAULTS as fault:
            reason = type(fault).__name__
        if position > size or not (status in (None, 206) or is_expired(status) or is_temporary(status)):
            raise Failure(f"{found['name']} cannot be read: {reason} after {position} bytes", "input-unavailable")
        if position < size:
            wait(attempt, pauses, Failure(f"{found['name']} was not read: {reason}", "input-unavailable", True))
        if is_expired(status):
            url = next(one["url"] for one in inputs(attempt, slot) if one["id"] == found["id"])


def write(attempt, slot, name, chunks, media_type="application/octet-stream"):
    """Writes an output from chunks of bytes, and returns its ID once it is stored. Memory holds one part of it."""
    source = Source(chunks)
    start = source.read(COLLECTED_BYTES)
    path = f"/outputs/{quote(slot, safe='')}"
    description = {"name": name, "mediaType": media_type}
    if len(start) < COLLECTED_BYTES:
        description["sizeBytes"] = len(start)
    begun = json.loads(attempt.call("POST", path, encode(description)))
    attempt.check()
    upload, own_path = begun["upload"], f"{path}/{begun['id']}"
    completion = {}
    if "url" in upload:
        put(attempt, lambda: upload["url"], start, upload["headers"])
    else:
        size = upload["partSizeBytes"]
        parts = completion["parts"] = []
        part = start + source.read(size - len(start))
        while part:
            etag = put_part(attempt, own_path, len(parts) + 1, part)
            parts.append({"number": len(parts) + 1, "etag": etag})
            part = source.read(size)
    completion["sha256"] = source.sha256.hexdigest()
    complete(attempt, own_path, completion, source.size)
    return begun["id"]


def put_part(attempt, path, number, part):
    """Uploads a part, each time to a fresh URL, and returns its ETag."""

    def url():
        page = json.loads(attempt.call("GET", f"{path}/parts?from={number}&limit=1"))
        return page["items"][0]["url"]

    return put(attempt, url, part, {})


def put(attempt, url_of, data, headers):
    """Uploads bytes, and returns their ETag. Status 412: an earlier try stored them, and its response was lost."""
    headers = {"content-length": str(len(data)), **headers}
    pauses = iter(LONG_PAUSES)
    while True:
        attempt.check()
        url = url_of()
        status = None
        try:
            # In slices, because the timeout is that of one call that sends.
            slices = (data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES))
            with Exchange("PUT", url, headers, slices) as response:
                status = response.status
                if status < 300 or status == 412:
                    return response.headers["ETag"]
                reason = f"status {status}"
        except CONNECTION_FAULTS as fault:
            reason = type(fault).__name__
        failure = Failure(f"The output was not stored: {reason}", "output-not-delivered", True)
        if not (status is None or is_expired(status) or is_temporary(status)):
            raise failure
        wait(attempt, pauses, failure)


def complete(attempt, path, completion, size):
    """Makes the content available; the store may need minutes to join the parts."""
    pauses = iter(LONG_PAUSES)
    while True:
        attempt.check()
        output = json.loads(attempt.call("POST", f"{path}/complete", encode(completion), timeout_seconds=COMPLETION_SECONDS))
        if output["status"] != "uploading":
            break
        attempt.sleep(next(pauses, LONG_PAUSES[-1]))
    if output["sizeBytes"] != size:
        raise Failure(f"{size} bytes were sent, {output['sizeBytes']} were stored", "output-not-delivered", True)


def wait(attempt, pauses, failure):
    """Waits before the next try, and raises the failure after the last one."""
    pause = next(pauses, None)
    if pause is None:
        raise failure
    attempt.sleep(pause)


def is_expired(status):
    """S3 responds with 403 to an expired URL, and with 400 if the credentials that signed it have expired."""
    return status in (400, 401, 403)


def is_temporary(status):
    return status >= 500 or status in (408, 409, 429)


class Exchange:
    """A request to a presigned URL and its response; adds no header that the signature does not allow."""

    def __init__(self, method, url, headers, body=None):
        self._request = (method, url, headers, body)

    def __enter__(self):
        method, url, headers, body = self._request
        parts = urlsplit(url)
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = connect(parts.netloc, timeout=IDLE_SECONDS)
        try:
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            self._connection.request(method, target, body, headers)
            return self._connection.getresponse()
        except BaseException:
            self._connection.close()
            raise

    def __exit__(self, *_):
        self._connection.close()


class Source:
    """Chunks of bytes, read in blocks of any size. Computes the size and the SHA-256 of what was read."""

    def __init__(self, chunks):
        self.size = 0
        self.sha256 = hashlib.sha256()
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def read(self, size):
        """Returns the next bytes, fewer only at the end."""
        block = bytearray()
        while len(block) < size:
            if not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._rest = memoryview(bytes(chunk))
            piece = self._rest[: size - len(block)]
            self._rest = self._rest[len(piece) :]
            block += piece
        self.size += len(block)
        self.sha256.update(block)
        return block
