"""The keyword arguments of submissions and queries, for type checkers and editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict


class SubmissionMembers(TypedDict, total=False):
    """What a submission can have beside its parameters: docs/guides/api.md of Errand."""

    service: str | Mapping[str, str]
    name: str | None
    tags: Sequence[str]
    group: str | None
    inputs: Mapping[str, Any]
    retry: Mapping[str, Any]
    attempt_timeout_seconds: int
    queue_timeout_seconds: int
    timeout_seconds: int
    metadata: Mapping[str, Any]
    priority: int
    parent_id: str
    depends_on: Sequence[str]
    reuse: Mapping[str, int]
    start: bool


class Filters(TypedDict, total=False):
    """A job must match all of them. `metadata` has values, or `(min, max)` of numbers, by indexed member."""

    id: Sequence[str]
    status: str | Sequence[str]
    service: str | Sequence[str]
    service_version: str
    tag: str
    group: str
    parent: str
    name_prefix: str
    created_after: datetime | str
    created_before: datetime | str
    metadata: Mapping[str, Any]
    order: str
