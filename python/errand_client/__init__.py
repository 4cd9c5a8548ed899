"""The Python client of Errand: `Errand`, and `AsyncErrand` for asyncio."""

from .client import AsyncErrand, Errand
from .errors import (
    ApiError,
    ConfigurationError,
    ErrandConnectionError,
    ErrandError,
    JobAborted,
    JobError,
    JobFailed,
    TransferError,
    UnsuccessfulJob,
    WaitTimeout,
)
from .jobs import AsyncJob, Job, JobStatus, Outcome

__all__ = [
    "ApiError",
    "AsyncErrand",
    "AsyncJob",
    "ConfigurationError",
    "Errand",
    "ErrandConnectionError",
    "ErrandError",
    "Job",
    "JobAborted",
    "JobError",
    "JobFailed",
    "JobStatus",
    "Outcome",
    "TransferError",
    "UnsuccessfulJob",
    "WaitTimeout",
]
