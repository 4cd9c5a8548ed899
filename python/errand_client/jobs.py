"""Jobs: the handle of one, and those of the tenant."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from ._bar import Bar
from ._core import LONG_POLL_SECONDS, Core, J, Part
from ._drive import Blocking, Suspending, stream, verb
from ._record import Record, camel, members, parameters_of, time_of
from ._transport import PATIENT_TRIES, StreamUnusable, new_key
from .errors import JobAborted, JobError, JobFailed, UnsuccessfulJob, WaitTimeout

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._typing import Filters, SubmissionMembers

R = TypeVar("R")


class JobStatus(str, Enum):
    """The state of a job. It equals its text: `job.status == "succeeded"`."""

    DRAFT = "draft"
    READY = "ready"
    WAITING = "waiting"
    PENDING = "pending"
    SCHEDULED = "scheduled"
    EXECUTING = "executing"
    RETRYING = "retrying"
    ABORTING = "aborting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ERROR = "error"
    ABORTED = "aborted"

    def __str__(self) -> str:
        return self.value


ENDED = {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.ERROR, JobStatus.ABORTED}
_failures: dict[JobStatus, Callable[[JobBase[Any, Any]], UnsuccessfulJob]] = {
    JobStatus.FAILED: JobFailed,
    JobStatus.ERROR: JobError,
    JobStatus.ABORTED: JobAborted,
}


class Outcome(NamedTuple):
    """How a job ended: exactly one of the two is not None, unless the result is `None`."""

    result: Any
    error: UnsuccessfulJob | None


class JobBase(Generic[J, R]):
    """A handle of a job, with the state that was read last: `refresh` and `wait` read a newer one."""

    def __init__(self, core: Core[J], data: Mapping[str, Any], parse: Callable[[Any], R] | None = None) -> None:
        self._core = core
        self._parse = parse
        self._etag: str | None = None
        self._apply(data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.status}>"

    @property
    def data(self) -> Record:
        """The job as the API returned it last: `job.data.parameters`, `job.data.group`, ..."""
        return self._data

    @property
    def id(self) -> str:
        return str(self._data["id"])

    @property
    def name(self) -> str:
        return str(self._data.get("name", ""))

    @property
    def status(self) -> JobStatus:
        return JobStatus(self._data["status"])

    @property
    def finished(self) -> bool:
        """Whether the job has ended, with or without a result."""
        return self.status in ENDED

    @property
    def succeeded(self) -> bool:
        return self.status == JobStatus.SUCCEEDED

    @property
    def progress(self) -> Record:
        """What the current attempt reported last; empty if it has reported nothing."""
        return Record(self._data.get("progress") or {})

    @property
    def completion(self) -> float:
        """The part of the work that is done: 0 to 1. A job that has succeeded is complete."""
        return 1.0 if self.succeeded else float(self.progress.get("completion") or 0)

    @property
    def error(self) -> Record | None:
        """Why the job ended without a result: `code`, `detail`, and others."""
        return Record(self._data["error"]) if self._data.get("error") else None

    @property
    def requested_at(self) -> datetime:
        return cast(datetime, time_of(self._data["requestedAt"]))

    @property
    def started_at(self) -> datetime | None:
        return time_of(self._data.get("startedAt"))

    @property
    def finished_at(self) -> datetime | None:
        return time_of(self._data.get("finishedAt"))

    @verb
    async def refresh(self, throttle_seconds: float = 0) -> J:
        """Reads the job again, unless it was read less than `throttle_seconds` ago."""
        if time.monotonic() - self._read_at >= throttle_seconds:
            await self._read()
        return self._this

    async def _wait(
        self,
        timeout_seconds: float | None = None,
        show_progress: bool | None = None,
        on_change: Callable[[J], Any] | None = None,
    ) -> J:
        """
        Waits until the job has ended, however it ends: check `status` or `succeeded` then. Raises `WaitTimeout` after
        `timeout_seconds`, by default `max_wait_seconds` of the settings, if the job has not ended.
        """
        settings = self._core.settings
        limit = settings.max_wait_seconds if timeout_seconds is None else timeout_seconds
        deadline = float("inf") if limit is None else time.monotonic() + limit
        with Bar(settings.show_progress if show_progress is None else show_progress) as bar:
            each_change = bar.is_shown or on_change is not None
            while not self.finished:
                bar.draw(self.name or self.id, self.progress.get("completion"), self.progress.message or self.status)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise WaitTimeout(self, limit or 0)
                await self._read(min(LONG_POLL_SECONDS, left), left, each_change)
                if on_change:
                    on_change(self._this)
        return self._this

    wait = verb(_wait)

    @verb
    async def result(self, timeout_seconds: float | None = None, show_progress: bool | None = None) -> R:
        """Waits for the job and returns its result. Raises `JobFailed`, `JobError`, `JobAborted` or `WaitTimeout`."""
        outcome = await self._outcome(timeout_seconds, show_progress)
        if outcome.error is not None:
            raise outcome.error
        return cast(R, outcome.result)

    async def _outcome(self, timeout_seconds: float | None = None, show_progress: bool | None = None) -> Outcome:
        """Like `result`, but returns the failure of the job as `error` instead of raising it."""
        await self._wait(timeout_seconds, show_progress)
        if failure := _failures.get(self.status):
            return Outcome(None, failure(self))
        result = self._data["result"] if "result" in self._data else await self._read_result()
        return Outcome(self._parse(result) if self._parse else result, None)

    result_or_error = verb(_outcome)

    @verb
    async def abort(self, reason: str | None = None) -> J:
        """Aborts the job. The attempt of a container is stopped first: `wait` returns when the job is aborted."""
        self._apply((await self._call("POST", "/abort", body=members({"reason": reason}))).body)
        return self._this

    @verb
    async def delete(self, cascade: Sequence[str] = ()) -> None:
        """Deletes the job, and with `cascade` also its `children`, `outputs` and `inputs`."""
        await self._call("DELETE", query={"cascade": list(cascade) or None})

    @verb
    async def rerun(self, *, idempotency_key: str | None = None, **changes: Unpack[SubmissionMembers]) -> J:
        """Submits the job again as a new job, with changes."""
        body = members(changes)
        return self._core.job((await self._call("POST", "/rerun", body=body, key=idempotency_key or new_key())).body, self._parse)

    @verb
    async def edit(self, /, **changes: Any) -> J:
        """Edits the job with a merge patch, in which `None` removes a member: name, tags and metadata, all of a draft."""
        body = {camel(name): None if value is None else parameters_of(value) if name == "parameters" else value for name, value in changes.items()}
        self._apply((await self._call("PATCH", body=body)).body)
        return self._this

    @verb
    async def start(self) -> J:
        """Starts a job that is `ready`."""
        self._apply((await self._call("POST", "/start", body={})).body)
        return self._this

    @stream
    async def children(self) -> AsyncGenerator[J, None]:
        """Yields the sub-jobs, the oldest first."""
        async for item in self._core.transport.pages(f"{self._path}/children"):
            yield self._core.job(item)

    @verb
    async def attempts(self) -> list[Record]:
        return [Record(item) for item in (await self._call("GET", "/attempts")).body["items"]]

    @stream
    async def logs(self, follow: bool = False, attempt: int | None = None) -> AsyncGenerator[Record, None]:
        """Yields the lines of an attempt, by default the last one, with `at` and `message`; with `follow` until it has ended."""
        cursor: str | None = None
        while True:
            reply = await self._call("GET", "/logs", query={"attempt": attempt, "cursor": cursor, "limit": 1000}, tries=PATIENT_TRIES)
            for line in reply.body["items"]:
                yield Record(line)
            cursor = reply.body.get("nextCursor")
            if cursor is None or (reply.retry_after is not None and not follow):
                return
            if reply.retry_after is not None:
                await self._core.pause(reply.retry_after, 5)

    @verb
    async def lineage(self, direction: str = "both", depth: int = 3) -> Record:
        """Returns the `nodes` and `edges` of what the job comes from, and what comes from it."""
        return Record((await self._call("GET", "/lineage", query={"direction": direction, "depth": depth})).body)

    @verb
    async def outputs(self) -> list[Record]:
        """Returns the data objects that the job wrote, each with its `slot`. `errand.data.download` reads them."""
        return [Record(item) for item in (await self._call("GET", "/outputs")).body["items"]]

    @stream
    async def events(self) -> AsyncGenerator[Record, None]:
        """
        Yields each event of the job once, from the first one until the job has ended, and keeps the handle current. Uses
        server-sent events over reconnects, and long polls where a proxy buffers them.
        """
        seen = 0
        if self._core.settings.streams:
            try:
                async with aclosing(self._core.transport.messages(f"{self._path}/events", {}, "")) as messages:
                    async for message in messages:
                        if message.event == "snapshot":
                            self._apply(message.data)
                        elif message.event == "progress":
                            self._data["progress"] = message.data["progress"]
                        elif int(message.id) > seen:
                            seen = int(message.id)
                            yield self._apply_event(message.data)
                return
            except StreamUnusable:
                self._core.settings.streams = False
        while True:
            async for event in self._core.transport.pages(f"{self._path}/events", {"limit": 1000}):
                if int(event["sequence"]) > seen:
                    seen = int(event["sequence"])
                    yield self._apply_event(event)
            if self.finished:
                return
            await self._read(LONG_POLL_SECONDS, LONG_POLL_SECONDS, each_change=True)

    @property
    def _this(self) -> J:
        return cast(J, self)

    @property
    def _path(self) -> str:
        return f"/v1/jobs/{self.id}"

    async def _call(self, method: str, path: str = "", **options: Any) -> Any:
        return await self._core.transport.call(method, self._path + path, **options)

    def _apply(self, data: Mapping[str, Any]) -> None:
        self._data = Record(data)
        self._read_at = time.monotonic()

    def _apply_event(self, event: Mapping[str, Any]) -> Record:
        """Takes over the state of an event; results and other members are read when they are needed."""
        known = {name: event["data"][name] for name in ("status", "error", "attempt") if name in event["data"]}
        ended = {"finishedAt": event["time"]} if known["status"] in ENDED and event["type"] != "errand.job.deleted" else {}
        self._data.update(known, **ended)
        self._etag = None
        return Record(event)

    async def _read(self, wait: float | None = None, left: float = 0, each_change: bool = False) -> None:
        """Reads the job, with `wait` when it has ended or, with `each_change`, when it has changed."""
        if each_change and self._etag is None:
            wait = None  # Only the tag of a state lets the API wait for the next one.
        headers = {"if-none-match": self._etag} if each_change and self._etag else {}
        tries = PATIENT_TRIES if wait else 6
        reply = await self._call("GET", wait=wait, headers=headers, tries=tries)
        if reply.status != 304:
            self._etag = reply.headers.get("etag")
            self._apply(reply.body)
        if wait and not self.finished and not reply.has_waited:
            await self._core.pause(reply.retry_after, left)

    async def _read_result(self) -> Any:
        body = (await self._call("GET", "/result", query={"redirect": False})).body
        if "url" not in body:
            return body["result"]
        io = self._core.transport.io
        response = await io.send(io.build("GET", body["url"]))
        content = await io.read(response)
        response.raise_for_status()
        media_type = response.headers.get("content-type", "")
        return json.loads(content) if "json" in media_type else content.decode() if media_type.startswith("text/") else content


class Job(JobBase["Job[R]", R], Blocking, Generic[R]):
    """A job of `Errand`."""


class AsyncJob(JobBase["AsyncJob[R]", R], Suspending, Generic[R]):
    """A job of `AsyncErrand`."""


class JobsBase(Part[J]):
    async def _submit(
        self,
        parameters: Any = None,
        *,
        parse: Callable[[Any], Any] | None = None,
        wait_seconds: float | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[SubmissionMembers],
    ) -> J:
        """
        Submits a job once, however often the request has to be repeated. With `wait_seconds`, the API responds when the job
        has ended, or after this time (at most 280 s). `parse` converts the result.
        """
        given = dict(options) | ({} if parameters is None else {"parameters": parameters_of(parameters)})
        key = idempotency_key or new_key()
        reply = await self._transport.call("POST", "/v1/jobs", body=members(given), key=key, wait=wait_seconds)
        return self._core.job(reply.body, parse)

    submit = verb(_submit)

    @verb
    async def get(self, id: str, parse: Callable[[Any], Any] | None = None) -> J:
        """Returns a job by its ID or URN."""
        return self._core.job((await self._transport.call("GET", f"/v1/jobs/{id}")).body, parse)

    @stream
    async def query(self, *, limit: int | None = None, **filters: Unpack[Filters]) -> AsyncGenerator[J, None]:
        """Yields the jobs that match all filters, the newest first. Pages are requested as they are needed."""
        left = limit
        async for item in self._transport.pages("/v1/jobs", {**filters, "limit": min(limit or 1000, 1000)}):
            if left == 0:
                return
            left = None if left is None else left - 1
            yield self._core.job(item)


class Jobs(JobsBase[Job[Any]], Blocking):
    """The jobs of the tenant."""


class AsyncJobs(JobsBase[AsyncJob[Any]], Suspending):
    """The jobs of the tenant."""
