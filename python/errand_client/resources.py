"""Groups, operations on many jobs, and webhooks."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ._core import LONG_POLL_SECONDS, Part
from ._drive import Blocking, Suspending, stream, verb
from ._record import Record, members, to_json
from ._transport import PATIENT_TRIES, new_key
from .errors import ErrandError


class GroupsBase(Part[Any]):
    @verb
    async def get(self, name: str) -> Record:
        """Returns the counts of a group: `total`, `by_status`, `expected_end_at`, ..."""
        return Record((await self._transport.call("GET", f"/v1/groups/{quote(name, safe='')}")).body)

    @stream
    async def list(self, name_prefix: str | None = None) -> AsyncGenerator[Record, None]:
        async for item in self._transport.pages("/v1/groups", {"name_prefix": name_prefix}):
            yield Record(item)


def _action(action: str) -> Callable[..., Coroutine[Any, Any, Record]]:
    async def request(
        self: OperationsBase, filter: Mapping[str, Any] | None = None, /, *, ids: Sequence[str] | None = None, dry_run: bool = False, **changes: Any
    ) -> Record:
        selected = {"filter": members(filter) if filter is not None else None, "ids": ids, "dry_run": dry_run or None}
        body = members({"action": action, **selected, "changes": members(changes) or None})
        return Record((await self._transport.call("POST", "/v1/jobs/actions", body=body, key=new_key())).body)

    return request


class OperationsBase(Part[Any]):
    """
    One action on all jobs that match a filter, such as `{"group": "may", "status": ["failed"]}`, or on up to 1,000 `ids`, in
    the background; `tag` takes `add_tags` and `remove_tags`. With `dry_run`, nothing changes, and the counts are returned.
    """

    abort = verb(_action("abort"))
    rerun = verb(_action("rerun"))
    delete = verb(_action("delete"))
    tag = verb(_action("tag"))

    @verb
    async def get(self, id: str) -> Record:
        return Record((await self._transport.call("GET", f"/v1/operations/{id}")).body)

    @verb
    async def wait(self, id: str, timeout_seconds: float | None = None) -> Record:
        """Waits until the operation has ended, and returns it."""
        deadline = float("inf") if timeout_seconds is None else time.monotonic() + timeout_seconds
        while True:
            left = deadline - time.monotonic()
            wait = max(0.001, min(LONG_POLL_SECONDS, left))
            reply = await self._transport.call("GET", f"/v1/operations/{id}", wait=wait, tries=PATIENT_TRIES)
            if reply.body["status"] != "running":
                return Record(reply.body)
            if left <= 0:
                raise ErrandError(f"The operation {id} is running after {timeout_seconds} s. It continues: wait again")
            if not reply.has_waited:
                await self._core.pause(reply.retry_after, left)

    @stream
    async def list(self) -> AsyncGenerator[Record, None]:
        async for item in self._transport.pages("/v1/operations"):
            yield Record(item)

    @stream
    async def refusals(self, id: str) -> AsyncGenerator[Record, None]:
        """Yields the jobs that were refused or failed, each with a `problem`."""
        async for item in self._transport.pages(f"/v1/operations/{id}/refusals"):
            yield Record(item)

    @verb
    async def stop(self, id: str) -> Record:
        """Stops an operation. Jobs that were processed stay as they are."""
        return Record((await self._transport.call("POST", f"/v1/operations/{id}/abort", body={})).body)


class WebhooksBase(Part[Any]):
    @verb
    async def create(self, url: str, /, **filters: Any) -> Record:
        """Creates a webhook for the `states`, `services` and `tags`. Only this response contains its `secret`."""
        body = members({"url": url, **filters})
        return Record((await self._transport.call("POST", "/v1/webhooks", body=body, key=new_key())).body)

    @verb
    async def get(self, id: str) -> Record:
        return await self._call("GET", id)

    @verb
    async def list(self) -> Sequence[Record]:
        return [Record(item) for item in (await self._transport.call("GET", "/v1/webhooks")).body["items"]]

    @verb
    async def edit(self, id: str, /, **changes: Any) -> Record:
        return await self._call("PATCH", id, body={name: to_json(value) for name, value in changes.items()})

    @verb
    async def delete(self, id: str) -> None:
        await self._call("DELETE", id)

    @verb
    async def rotate(self, id: str) -> Record:
        """Returns the webhook with a new `secret`. A lost response is not repeated: each rotation makes another secret."""
        return await self._call("POST", id, "/rotate", body={}, tries=1)

    @verb
    async def test(self, id: str) -> Record:
        return await self._call("POST", id, "/test", body={}, tries=1)

    @stream
    async def deliveries(self, id: str, status: str | None = None) -> AsyncGenerator[Record, None]:
        async for item in self._transport.pages(f"/v1/webhooks/{id}/deliveries", {"status": status}):
            yield Record(item)

    async def _call(self, method: str, id: str, path: str = "", **options: Any) -> Record:
        return Record((await self._transport.call(method, f"/v1/webhooks/{id}{path}", **options)).body or {})


class Groups(GroupsBase, Blocking): ...


class AsyncGroups(GroupsBase, Suspending): ...


class Operations(OperationsBase, Blocking): ...


class AsyncOperations(OperationsBase, Suspending): ...


class Webhooks(WebhooksBase, Blocking): ...


class AsyncWebhooks(WebhooksBase, Suspending): ...
