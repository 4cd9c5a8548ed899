"""Many jobs: submitted in bulk, and waited for together."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Generic

from ._bar import Bar
from ._core import LONG_POLL_SECONDS, Core, J, Part
from ._drive import Blocking, Suspending, stream, verb
from ._transport import PATIENT_TRIES, new_key
from .data import upload_inputs
from .errors import ApiError, WaitTimeout
from .jobs import ENDED, AsyncJob, Job, JobBase

MAX_CHUNK_JOBS = 100
MAX_CHUNK_BYTES = 1_000_000
RECHECK_SECONDS = 60
"""How often all jobs are listed, for events that the log lacks until they are redriven."""
ENDS = [f"errand.job.{status.value}" for status in ENDED] + ["errand.job.deleted"]


class Refusal:
    """A submission that was refused: its position, itself, and why."""

    def __init__(self, index: int, submission: dict[str, Any], error: ApiError) -> None:
        self.index = index
        self.submission = submission
        self.error = error

    def __repr__(self) -> str:
        return f"<Refusal {self.index}: {self.error.detail}>"


class BatchBase(Part[J]):
    """The jobs of a bulk submission in its order, and the submissions that were refused."""

    def __init__(self, core: Core[J], jobs: list[J], refused: list[Refusal]) -> None:
        super().__init__(core)
        self.jobs = jobs
        self.refused = refused

    @stream
    async def ended(self, timeout_seconds: float | None = None) -> AsyncGenerator[J, None]:
        """Yields each job when it has ended, however it ends."""
        async with aclosing(ended_jobs(self._core, self.jobs, timeout_seconds)) as ended:
            async for job in ended:
                yield job


class Batch(BatchBase[Job[Any]], Blocking): ...


class AsyncBatch(BatchBase[AsyncJob[Any]], Suspending): ...


async def submit_all(
    core: Core[J], submissions: Iterable[Mapping[str, Any]], key: str, parse: Callable[[Any], Any] | None
) -> tuple[list[J], list[Refusal]]:
    """Submits in chunks, each with a key of its own: with the same `key`, a program that starts again submits nothing twice."""
    jobs: list[J] = []
    refused: list[Refusal] = []
    chunk: list[dict[str, Any]] = []
    number = length = 0

    async def send() -> None:
        nonlocal number
        body, first = {"jobs": chunk}, len(jobs) + len(refused)
        for failures in range(1, 6):
            items = (await core.transport.call("POST", "/v1/jobs/batch", body=body, key=f"{key}/{number}")).body["items"]
            codes = {item["problem"]["type"].rsplit("/", 1)[-1] for item in items if "problem" in item}
            if failures == 5 or not codes & {"unavailable", "internal"}:
                break  # The others were not checked: the same key submits only what is missing.
            await core.pause(None, 2**failures)
        for index, item in enumerate(items):
            if "job" in item:
                jobs.append(core.job(item["job"], parse))
            else:
                error = ApiError(item["problem"].get("status", 400), item["problem"], f"Submission {first + index}", core.transport.access.url)
                refused.append(Refusal(first + index, chunk[index], error))
        number += 1

    for submission in submissions:
        uploaded = await upload_inputs(core, dict(submission), f"{key}/{len(jobs) + len(refused) + len(chunk)}")
        size = len(json.dumps(uploaded))
        if chunk and (len(chunk) == MAX_CHUNK_JOBS or length + size > MAX_CHUNK_BYTES):
            await send()
            chunk, length = [], 0
        chunk.append(uploaded)
        length += size
    if chunk:
        await send()
    return jobs, refused


async def ended_jobs(core: Core[J], jobs: Iterable[J], timeout_seconds: float | None = None) -> AsyncGenerator[J, None]:
    """
    Yields each job when it has ended. One long poll of the event log waits for all of them; without a log, lists are polled.
    Raises `WaitTimeout` with a job that has not ended.
    """
    limit = core.settings.max_wait_seconds if timeout_seconds is None else timeout_seconds
    deadline = float("inf") if limit is None else time.monotonic() + limit
    waiting: dict[str, JobBase[Any, Any]] = {}
    for job in jobs:
        assert isinstance(job, JobBase)
        if job.finished:
            yield job
        else:
            waiting[job.id] = job
    position = await _log_position(core) if waiting else None
    checked_at = float("-inf")
    while waiting:
        if time.monotonic() - checked_at > (RECHECK_SECONDS if position else 0):
            for job in await _check(core, waiting, is_first=checked_at == float("-inf")):
                yield job
            checked_at = time.monotonic()
            if not waiting:
                return
        left = deadline - time.monotonic()
        if left <= 0:
            raise WaitTimeout(next(iter(waiting.values())), limit or 0)
        if position is None:
            await core.pause(None, left)
            continue
        query = {"after": position, "type": ENDS, "limit": 1000, "job_id": list(waiting) if len(waiting) <= 100 else None}
        wait = min(LONG_POLL_SECONDS, left)
        try:
            reply = await core.transport.call("GET", "/v1/events", query=query, wait=wait, tries=PATIENT_TRIES)
        except ApiError as error:
            if error.code != "position-expired":
                raise
            position, checked_at = await _log_position(core), float("-inf")
            continue
        position = reply.body["position"]
        for event in reply.body["items"]:
            if handle := waiting.pop(event["data"]["jobId"], None):
                handle._apply_event(event)
                yield handle._this
        if not reply.body["items"] and not reply.has_waited:
            await core.pause(reply.retry_after, left)


async def _log_position(core: Core[Any]) -> str | None:
    try:
        return str((await core.transport.call("GET", "/v1/events", query={"after": "now"})).body["position"])
    except ApiError as error:
        if error.code in ("event-log-off", "forbidden"):
            return None
        raise


async def _check(core: Core[J], waiting: dict[str, JobBase[Any, Any]], is_first: bool) -> list[J]:
    """Removes the jobs that have ended, and returns them. A job that lists lack, because it is new or deleted, is read by itself."""
    ended: list[J] = []
    ids = list(waiting)
    for start in range(0, len(ids), 100):
        missing = set(ids[start : start + 100])
        async for item in core.transport.pages("/v1/jobs", {"id": sorted(missing), "limit": 100}):
            missing.discard(item["id"])
            if item["status"] in ENDED:
                job = waiting.pop(item["id"])
                job._apply(item)
                ended.append(job._this)
        for id in () if is_first else missing:
            await waiting[id]._read()
    return ended


class ManyBase(Part[J]):
    """Waits for many jobs at once."""

    @stream
    async def ended(self, jobs: Iterable[J], timeout_seconds: float | None = None) -> AsyncGenerator[J, None]:
        """Yields each job when it has ended, however it ends."""
        async with aclosing(ended_jobs(self._core, jobs, timeout_seconds)) as ended:
            async for job in ended:
                yield job

    @verb
    async def wait_all(self, jobs: Iterable[J], timeout_seconds: float | None = None, show_progress: bool | None = None) -> list[J]:
        """Waits until all jobs have ended, however they end, and returns them in the given order."""
        given = list(jobs)
        done = failed = 0
        with Bar(self._core.settings.show_progress if show_progress is None else show_progress) as bar:
            bar.draw(f"{len(given)} jobs", 0, "")
            async with aclosing(ended_jobs(self._core, given, timeout_seconds)) as ended:
                async for job in ended:
                    done += 1
                    failed += not getattr(job, "succeeded")
                    bar.draw(f"{done} of {len(given)} jobs", done / len(given), f"{failed} unsuccessful" if failed else "")
        return given

    @verb
    async def wait_any(self, jobs: Sequence[J], timeout_seconds: float | None = None) -> J:
        """Waits until one of the jobs has ended, and returns it."""
        async with aclosing(ended_jobs(self._core, jobs, timeout_seconds)) as ended:
            async for job in ended:
                return job
        raise ValueError("wait_any needs at least one job")
