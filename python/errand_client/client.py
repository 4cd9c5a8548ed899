"""The two clients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import httpx

from ._access import GetToken, find_access
from ._core import LONG_POLL_SECONDS, Core, J, Settings
from ._drive import Blocking, Suspending, run, stream, verb
from ._io import AsyncIo, BlockingIo, Io
from ._record import Record
from ._transport import PATIENT_TRIES, StreamUnusable, Transport, new_key
from .data import AsyncData, Data
from .jobs import AsyncJob, AsyncJobs, Job, Jobs
from .many import AsyncBatch, Batch, ManyBase, submit_all
from .resources import AsyncGroups, AsyncOperations, AsyncWebhooks, Groups, Operations, Webhooks
from .services import AsyncBuilder, AsyncService, AsyncServices, Builder, Service, Services


class ClientBase(ManyBase[J]):
    """Options and settings of both clients. Without `url` and `profile`, the service is found as `find_access` describes."""

    _job_type: Any
    _io: Any

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        token: str | None = None,
        get_token: GetToken | None = None,
        profile: str | None = None,
        timeout_seconds: float = 30,
        stream_idle_seconds: float = 25,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
    ) -> None:
        access = find_access(url, api_key, token, get_token, profile)
        sending = Transport(type(self)._io(transport), access, timeout_seconds, stream_idle_seconds)
        super().__init__(Core(sending, Settings(), self._job_type))

    @property
    def url(self) -> str:
        """Base URL of the service."""
        return self._transport.access.url

    def configure(
        self,
        *,
        refresh_interval_seconds: float | None = None,
        show_progress: bool | None = None,
        max_wait_seconds: float | None = None,
    ) -> None:
        """Changes how the client waits. Settings that are not given stay."""
        given = {"refresh_interval_seconds": refresh_interval_seconds, "show_progress": show_progress, "max_wait_seconds": max_wait_seconds}
        vars(self._core.settings).update({name: value for name, value in given.items() if value is not None})

    @verb
    async def me(self) -> Record:
        """Returns the tenant, the principal and the scopes of the key."""
        return Record((await self._transport.call("GET", "/v1/me")).body)

    @stream
    async def events(self, /, *, after: str | None = None, follow: bool = False, **filters: Any) -> AsyncGenerator[Record, None]:
        """
        Yields the events of all jobs, each once: those after a position, by default from the oldest in the log, or from `now`.
        Filters are `type`, `service`, `tag`, `group` and `job_id`. With `follow`, new events follow as they happen.
        """
        position, streams = after or "", follow and self._core.settings.streams
        seen: dict[str, None] = {}  # The log can contain an event twice.
        while True:
            if streams:
                query = {**filters, "after": position or None}
                try:
                    async with aclosing(self._transport.messages("/v1/events", query, "")) as messages:
                        async for message in messages:
                            if message.data["id"] not in seen:
                                yield _remember(seen, message.data)
                    return
                except StreamUnusable as error:
                    position, streams = error.args[0] or position, False
            query = {**filters, "after": position or None, "limit": 1000}
            wait = LONG_POLL_SECONDS if follow else None
            reply = await self._transport.call("GET", "/v1/events", query=query, wait=wait, tries=PATIENT_TRIES)
            for event in reply.body["items"]:
                if event["id"] not in seen:
                    yield _remember(seen, event)
            if not reply.body["items"]:
                if not follow and position == reply.body["position"]:
                    return
                if follow and not reply.has_waited:
                    await self._core.pause(reply.retry_after, 10)
            position = reply.body["position"]

    async def _submit_many(self, submissions: Iterable[Mapping[str, Any]], key: str | None) -> Any:
        return await submit_all(self._core, submissions, key or new_key(), None)


def _remember(seen: dict[str, None], event: Mapping[str, Any]) -> Record:
    seen[event["id"]] = None
    if len(seen) > 10_000:
        del seen[next(iter(seen))]
    return Record(event)


class Errand(ClientBase[Job[Any]], Blocking):
    """A client whose methods return when the work is done."""

    _job_type, _io = Job, BlockingIo

    def __init__(self, url: str | None = None, **options: Any) -> None:
        super().__init__(url, **options)
        self.jobs = Jobs(self._core)
        self.services = Services(self._core)
        self.data = Data(self._core)
        self.groups = Groups(self._core)
        self.operations = Operations(self._core)
        self.webhooks = Webhooks(self._core)

    def service(self, name: str, version: str | None = None) -> Service:
        """A handle of a service, without a request: submissions choose the version."""
        return Service(self._core, name, version)

    def job(self, name: str | None = None) -> Builder:
        """Describes a job step by step."""
        return Builder(self._core, name)

    def close(self) -> None:
        run(self._transport.io.end())

    def __enter__(self) -> Errand:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncErrand(ClientBase[AsyncJob[Any]], Suspending):
    """A client for asyncio, with the methods of `Errand`."""

    _job_type, _io = AsyncJob, AsyncIo

    def __init__(self, url: str | None = None, **options: Any) -> None:
        super().__init__(url, **options)
        self.jobs = AsyncJobs(self._core)
        self.services = AsyncServices(self._core)
        self.data = AsyncData(self._core)
        self.groups = AsyncGroups(self._core)
        self.operations = AsyncOperations(self._core)
        self.webhooks = AsyncWebhooks(self._core)

    def service(self, name: str, version: str | None = None) -> AsyncService:
        """A handle of a service, without a request: submissions choose the version."""
        return AsyncService(self._core, name, version)

    def job(self, name: str | None = None) -> AsyncBuilder:
        """Describes a job step by step."""
        return AsyncBuilder(self._core, name)

    async def close(self) -> None:
        await self._transport.io.end()

    async def __aenter__(self) -> AsyncErrand:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
