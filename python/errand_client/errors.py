"""All errors of the client. The messages name what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .jobs import JobBase


class ErrandError(Exception):
    """The base class of all errors of the client."""


class ConfigurationError(ErrandError):
    """The client lacks something to start with, such as the URL of the service."""


class ErrandConnectionError(ErrandError):
    """No response arrived, after all retries. `__cause__` is the last error of the connection."""


class ApiError(ErrandError):
    """The API refused a call with a problem document (RFC 9457)."""

    def __init__(
        self, status: int, problem: dict[str, Any], call: str, url: str = "", request_id: str | None = None
    ) -> None:
        self.status = status
        self.problem = problem
        self.code: str = str(problem.get("type", "")).rsplit("/", 1)[-1]
        """Slug of the problem, such as `ambiguous-version`; empty if the response was not a problem of Errand."""
        self.detail: str = problem.get("detail") or problem.get("title") or f"status {status}"
        self.errors: list[dict[str, Any]] = problem.get("errors") or []
        self.request_id = request_id
        self.documentation_url = f"{url}/v1/docs/problems/{self.code}" if self.code else None
        lines = [f"{error.get('pointer', '')}: {error.get('detail', '')}" for error in self.errors]
        lines += [
            f"{label}: {', '.join(map(str, problem[label]))}"
            for label in ("versions", "suggestions", "jobIds", "dataIds")
            if problem.get(label)
        ]
        further = "".join(f"\n  {line}" for line in lines if line not in self.detail)
        super().__init__(f"{call} failed with status {status}: {self.detail}{further}")


class TransferError(ErrandError):
    """An upload or a download failed, after all retries, or its content is not what it must be."""


class WaitTimeout(ErrandError):
    """The job has not ended within the time. It continues; `wait` can be called again."""

    def __init__(self, job: JobBase[Any, Any], timeout_seconds: float) -> None:
        self.job = job
        super().__init__(
            f"Job {job.id} is {job.status} after {timeout_seconds:g} s. It continues: wait again, or abort it with job.abort()"
        )


class UnsuccessfulJob(ErrandError):
    """The job ended without a result. `code` is the code of the failure, such as `service-failed`."""

    def __init__(self, job: JobBase[Any, Any], message: str) -> None:
        self.job = job
        self.code: str | None = job.error["code"] if job.error else None
        reason = f": {job.error['code']}: {job.error['detail'].rstrip('.')}" if job.error else ""
        super().__init__(f"Job {job.id} {message.replace('{reason}', reason)}")


class JobFailed(UnsuccessfulJob):
    """The service reported that it cannot do the job (`failed`). The same parameters usually fail again."""

    def __init__(self, job: JobBase[Any, Any]) -> None:
        super().__init__(job, "failed{reason}. job.logs() returns the output of the service")


class JobError(UnsuccessfulJob):
    """The job could not be run to its end (`error`), for example because of a time limit."""

    def __init__(self, job: JobBase[Any, Any]) -> None:
        super().__init__(job, "ended with an error{reason}. job.rerun() runs it again")


class JobAborted(UnsuccessfulJob):
    """The job was aborted."""

    def __init__(self, job: JobBase[Any, Any]) -> None:
        super().__init__(job, "was aborted{reason}. job.rerun() runs it again")
