"""What a type checker knows of both clients; mypy checks this file, and it is never run."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from typing_extensions import assert_type

from errand_client import AsyncErrand, AsyncJob, Errand, Job, JobStatus


def blocking(errand: Errand) -> None:
    job = errand.services.get("echo").submit({"x": 5}, tags=["t"])
    assert_type(job, Job[Any])
    assert_type(job.wait(timeout_seconds=5), Job[Any])
    assert_type(job.status, JobStatus)
    assert_type(errand.jobs.query(status="failed"), Iterator[Job[Any]])
    assert_type(errand.wait_all([job]), list[Job[Any]])
    assert_type(errand.service("echo").submit_many([{}]).jobs, list[Job[Any]])
    typed: Job[int] = errand.jobs.get(job.id, parse=len)
    assert_type(typed.result(), int)
    job.wait(timeout="5")  # type: ignore[call-arg]
    errand.jobs.query(state="failed")  # type: ignore[call-arg]
    errand.jobs.submit({}, sevice="echo")  # type: ignore[call-arg]


async def suspending(errand: AsyncErrand) -> None:
    job = await (await errand.services.get("echo")).submit({"x": 5})
    assert_type(job, AsyncJob[Any])
    assert_type(await job.wait(), AsyncJob[Any])
    assert_type(errand.jobs.query(status="failed"), AsyncIterator[AsyncJob[Any]])
    assert_type(await errand.job("x").service("echo").start().wait(), AsyncJob[Any])
