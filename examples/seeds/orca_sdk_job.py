"""The methods of Orca's `orca_sdk.job` with Errand. Each function is named after the method."""

from datetime import datetime, timedelta, timezone
from typing import Any

from errand_client import Errand, Job, JobAborted, JobFailed, JobStatus, WaitTimeout


def status_of_a_job(errand: Errand) -> list[str]:
    job = errand.service("echo").submit({})
    return [event.data.status for event in job.events()]  # pending, executing, succeeded


def attributes_of_a_job(errand: Errand) -> dict[str, Any]:
    job = errand.service("fan-out").submit({"count": 2}).wait()
    return {
        "id": job.id,
        "type": job.data.service.name,
        "status": job.status,
        "steps_total": job.progress.steps_total,
        "steps_completed": job.progress.steps_completed,
        "completion": job.completion,
        "exception": job.error,
        "value": job.result(),
        "created_at": job.requested_at,
        "updated_at": job.data.updated_at,
    }


def set_config(errand: Errand) -> None:
    errand.configure(refresh_interval_seconds=3, show_progress=True, max_wait_seconds=3600)


def query(errand: Errand) -> list[Job[Any]]:
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    statuses = [JobStatus.SUCCEEDED, JobStatus.FAILED]
    return list(errand.jobs.query(status=statuses, service="echo", created_after=start, limit=10))


def init(errand: Errand, id: str) -> Any:
    job: Job[int] = errand.jobs.get(id, parse=len)  # parse converts the result
    return job.result()


def refresh(errand: Errand) -> Any:
    job = errand.service("echo").submit({"sleepSeconds": 1})
    while not job.refresh(throttle_seconds=0.2).finished:
        pass
    return job.status


def wait(errand: Errand) -> tuple[Any, bool]:
    job = errand.service("flaky").submit({"failures": 5}, retry={"maxAttempts": 1})
    job.wait(show_progress=False, timeout_seconds=60)  # raises no error when the job fails
    slow = errand.service("echo").submit({"sleepSeconds": 20})
    try:
        slow.wait(timeout_seconds=0.2)
    except WaitTimeout:
        slow.abort()
        return job.status, True
    return job.status, False


def result(errand: Errand) -> tuple[Any, str]:
    value = errand.service("echo").submit({"x": 5}).result(timeout_seconds=60)
    try:
        errand.service("flaky").submit({"failures": 5}, retry={"maxAttempts": 1}).result()
    except JobFailed as error:
        return value, str(error)
    return value, ""


def abort(errand: Errand) -> Any:
    job = errand.service("echo").submit({"sleepSeconds": 20})
    job.abort().wait(timeout_seconds=20)
    try:
        job.result()
    except JobAborted:
        return job.status
    return None
