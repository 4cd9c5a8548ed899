"""The examples of IVCAP's guide "Running Jobs" with Errand. Each function is named after the heading of its example."""

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

from errand_client import Errand, JobStatus


def fire_and_check(errand: Errand) -> Any:
    service = errand.services.get("echo")
    job = service.submit(io.StringIO(json.dumps({"param": "value"})))  # returns immediately
    print(f"Created job: {job.id}")
    return job


def with_a_model(errand: Errand) -> Any:
    service = errand.services.get("cpu-load")
    model = service.request_model
    request = model(duration_seconds=1, target_cpu_percent=90)
    return service.submit(request)


def blocking(errand: Errand) -> tuple[Any, Any]:
    service = errand.services.get("cpu-load")
    request = service.request_model(duration_seconds=1, target_cpu_percent=5)
    job = service.submit(request, wait_seconds=120)  # the API responds when the job has ended
    other = service.submit(request).wait()  # until it has ended
    return job, other


def with_a_raw_json_string_or_io_stream(errand: Errand) -> Any:
    payload = '{"wordle": {"maxattempts": 2, "thinking_time": 1}}'
    service = errand.services.get("echo")
    return service.submit(payload).result(), service.submit(io.StringIO(payload)).result()


def polling_for_completion(errand: Errand) -> Any:
    job = errand.service("echo").submit({"sleepSeconds": 1})
    while not job.finished:
        time.sleep(0.2)
        job.refresh()  # reads the latest state; job.wait() does this with long polls
    print(job.status)  # succeeded, failed, error or aborted
    print(job.result())
    return job


def accessing_the_result(errand: Errand) -> Any:
    job = errand.service("echo").submit({"param": "value"}).wait()
    if job.status == JobStatus.SUCCEEDED:
        return job.result()
    return None


def job_properties(errand: Errand) -> tuple[Any, ...]:
    job = errand.service("echo").submit({}).wait()
    return job.id, job.status, job.finished, job.succeeded, job.result(), job.requested_at, job.started_at, job.finished_at


def batch_job_monitoring(errand: Errand, file: Path) -> int:
    jobs = errand.service("echo").submit_many([{"number": number} for number in range(10)])
    with file.open("w", newline="") as results:
        rows = csv.writer(results)
        start = time.time()
        done = 0
        for job in jobs.ended():
            done += 1
            rows.writerow([int(time.time() - start), job.id, job.status.value])
            print(f"Progress: {done}/{len(jobs.jobs)}")
    return done


def handling_job_failures(errand: Errand, parameters: dict[str, Any]) -> str:
    job = errand.service("flaky").submit(parameters, retry={"maxAttempts": 1}, attempt_timeout_seconds=2).wait()
    if job.status == JobStatus.SUCCEEDED:
        return f"Done: {job.result()}"
    if job.status == JobStatus.FAILED:
        return f"Job reported failure: {job.error.detail if job.error else ''}"
    return "Platform-level error (infrastructure, memory, timeout)"
