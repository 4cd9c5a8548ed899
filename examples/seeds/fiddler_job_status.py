"""The examples of Fiddler's reference of `JobStatus` with Errand. Each function is named after its example."""

import time
from typing import Any

from errand_client import Errand, JobStatus


def monitoring_job_progress(errand: Errand) -> str:
    job = errand.service("csv-profile", "^2").submit({}, inputs={"table": errand.data.upload(b"a\n1\n", name="data.csv")})
    job.wait()  # until the job has ended, with a progress bar on a terminal
    if job.status == JobStatus.SUCCEEDED:
        return "Data published successfully"
    return f"Job failed with status: {job.status}"


def polling_job_status_manually(errand: Errand, job: Any) -> str:
    while not job.finished:
        print(f"Job progress: {job.completion:.0%}")
        time.sleep(0.2)
        job.refresh()
    if job.status == JobStatus.SUCCEEDED:
        return "Operation completed successfully"
    if job.status == JobStatus.ABORTED:
        return "Operation was cancelled"
    return f"Operation failed: {job.error.detail}"


def handling_job_failures_and_retries(errand: Errand, parameters: dict[str, Any]) -> list[str]:
    job = errand.service("flaky").submit(parameters, retry={"maxAttempts": 2, "backoffSeconds": 0})
    seen: list[str] = []
    for event in job.events():  # ends with the job
        if event.data.status == JobStatus.RETRYING:
            seen.append("Job failed but will be retried automatically")
    if job.status == JobStatus.FAILED:
        seen.append(f"Job failed permanently: {job.error.detail if job.error else ''}")
    return seen
