"""What all parts of a client share."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from ._transport import Transport
from .errors import ApiError

J = TypeVar("J")
"""The class of jobs of a client: `Job` or `AsyncJob`."""

LONG_POLL_SECONDS = 25.0


@dataclass
class Settings:
    """How a client waits. Without `refresh_interval_seconds`, it polls as `Retry-After` of each response states."""

    refresh_interval_seconds: float | None = None
    show_progress: bool = True
    max_wait_seconds: float | None = None
    streams: bool = True
    """False once a proxy was found to buffer server-sent events."""


@dataclass(frozen=True)
class Core(Generic[J]):
    transport: Transport
    settings: Settings
    job_type: Any

    def job(self, data: Mapping[str, Any], parse: Any = None) -> J:
        return cast(J, self.job_type(self, data, parse))

    async def pause(self, retry_after: float | None, at_most: float) -> None:
        """Pauses between two polls."""
        seconds = self.settings.refresh_interval_seconds or retry_after or 2
        await self.transport.io.sleep(min(at_most, seconds * random.uniform(0.8, 1)))


class Part(Generic[J]):
    """A part of a client, such as `errand.jobs`."""

    def __init__(self, core: Core[J]) -> None:
        self._core = core
        self._transport = core.transport


def is_problem(error: ApiError, *codes: str) -> bool:
    return error.code in codes
