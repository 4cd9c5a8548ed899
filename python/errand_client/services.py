"""Services: handles of their versions, models of their parameters, and the fluent way to a job."""

from __future__ import annotations

import dataclasses
import keyword
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import quote

from ._core import Core, J, Part
from ._drive import Blocking, Suspending, stream, verb
from ._record import UNSET, Record, camel, members, parameters_of
from ._transport import new_key
from .data import upload_inputs
from .errors import ApiError, ErrandError
from .jobs import AsyncJob, Job, JobBase
from .many import AsyncBatch, Batch, submit_all

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._typing import SubmissionMembers

B = TypeVar("B")
_types: dict[Any, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}


def request_model(name: str, schema: Mapping[str, Any]) -> type[Any]:
    """Builds a dataclass of the parameters that a JSON Schema describes. Members that are not given are not sent."""
    required = schema.get("required", [])
    fields: list[tuple[str, Any, Any]] = []
    for member, about in sorted(schema.get("properties", {}).items(), key=lambda item: item[0] not in required):
        attribute = re.sub(r"\W", "_", member)
        attribute = f"{attribute}_" if keyword.iskeyword(attribute) or not attribute.isidentifier() else attribute
        kind = about.get("type") if isinstance(about, dict) else None
        default: Any = {} if member in required else {"default": UNSET}
        field = dataclasses.field(metadata={"name": member}, **default)
        fields.append((attribute, _types.get(kind, Any) if isinstance(kind, str) else Any, field))
    title = "".join(word.capitalize() for word in re.split(r"\W+", name))
    return dataclasses.make_dataclass(f"{title}Parameters", fields, kw_only=True)


class ServiceBase(Part[J], Generic[J, B]):
    """A service, with the version or range that its jobs use."""

    _batch_type: Any

    def __init__(self, core: Core[J], name: str, version: str | None, definition: Mapping[str, Any] | None = None) -> None:
        super().__init__(core)
        self.name = name
        self.version = version
        self._definition = definition

    @property
    def definition(self) -> Record:
        """The definition of the version: its `parameters` and `result` as JSON Schemas, its `inputs`, `outputs`, ..."""
        if self._definition is None:
            raise ErrandError(f"The definition of {self.name} is not known: use errand.services.get('{self.name}')")
        return Record(self._definition)

    @property
    def request_model(self) -> type[Any]:
        """A dataclass of the parameters. A wrong name raises an error; the service checks the values."""
        return request_model(self.name, self.definition["parameters"])

    @property
    def _selector(self) -> dict[str, str]:
        return {"name": self.name} | ({"version": self.version} if self.version else {})

    @verb
    async def submit(
        self,
        parameters: Any = None,
        *,
        parse: Callable[[Any], Any] | None = None,
        wait_seconds: float | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[SubmissionMembers],
    ) -> J:
        """
        Submits a job. The parameters are a dictionary, a dataclass, a model of Pydantic, JSON text, or a file with JSON; files
        among the `inputs` are uploaded. With `wait_seconds`, the API responds when the job has ended, or after this time.
        """
        key = idempotency_key or new_key()
        given: dict[str, Any] = await upload_inputs(self._core, dict(options), key)
        given |= {"service": self._selector} | ({} if parameters is None else {"parameters": parameters_of(parameters)})
        reply = await self._transport.call("POST", "/v1/jobs", body=members(given), key=key, wait=wait_seconds)
        return self._core.job(reply.body, parse)

    @verb
    async def submit_many(
        self,
        items: Iterable[Any],
        /,
        *,
        inputs: Callable[[Any], Mapping[str, Any]] | None = None,
        parameters: Callable[[Any], Any] | None = None,
        idempotency_key: str | None = None,
        parse: Callable[[Any], Any] | None = None,
        **options: Any,
    ) -> B:
        """
        Submits a job for each item, in requests of up to 100. An item is the parameters of its job; with `inputs` or
        `parameters`, these functions return the files and the parameters of an item. With the same `idempotency_key` and items,
        a program that starts again submits nothing twice. Returns the jobs; `.ended()` yields them as they end.
        """

        def submission(item: Any) -> dict[str, Any]:
            given = {"service": self._selector, **options}
            if inputs:
                given["inputs"] = inputs(item)
            if parameters or not inputs:
                given["parameters"] = parameters_of(parameters(item) if parameters else item)
            return {camel(name): value for name, value in given.items() if value is not None}

        jobs, refused = await submit_all(self._core, map(submission, items), idempotency_key or new_key(), parse)
        return cast(B, self._batch_type(self._core, jobs, refused))


class Service(ServiceBase[Job[Any], Batch], Blocking):
    _batch_type = Batch


class AsyncService(ServiceBase[AsyncJob[Any], AsyncBatch], Suspending):
    _batch_type = AsyncBatch


class ServicesBase(Part[J], Generic[J, B]):
    _service_type: Any

    @verb
    async def get(self, name: str, version: str | None = None) -> B:
        """
        Returns a service with its definition: the newest version of a range such as `^2`, or without a range its only active
        version. Raises an `ApiError` with the code `ambiguous-version` and the versions to choose from.
        """
        path = f"/v1/services/{quote(name, safe='')}"
        found = (await self._transport.call("GET", f"{path}/versions/{quote(version or await self._only(path, name), safe='')}")).body
        return cast(B, self._service_type(self._core, name, version or found["version"], found))

    async def _only(self, path: str, name: str) -> str:
        versions: list[str] = []
        cursor: str | None = None
        while True:
            page = (await self._transport.call("GET", path, query={"cursor": cursor})).body
            versions += [each["version"] for each in page["versions"] if each["status"] == "active"]
            cursor = page.get("nextCursor")
            if cursor is None:
                break
        stable = [version for version in versions if not re.match(r"[\d.]+-dev", version)] or versions
        if len(stable) == 1:
            return stable[0]
        detail = f"Service {name} has {'several' if stable else 'no'} active versions; give a version or a range"
        problem = {"type": "https://errand.dev/problems/ambiguous-version", "detail": detail, "versions": stable}
        raise ApiError(409, problem, f"GET {path}", self._transport.access.url)

    @stream
    async def list(self, *, name: str | None = None, tag: str | None = None) -> AsyncGenerator[Record, None]:
        """Yields all versions of all services, without their schemas."""
        async for item in self._transport.pages("/v1/services", {"name": name, "tag": tag}):
            yield Record(item)

    @verb
    async def register(self, manifest: Mapping[str, Any]) -> Record:
        """Registers a version, from the content of a `service.json`."""
        definition = {member: value for member, value in manifest.items() if member not in ("name", "version")}
        return await self._change("PUT", manifest["name"], manifest["version"], "", definition)

    @verb
    async def deprecate(self, name: str, version: str, reason: str) -> Record:
        return await self._change("POST", name, version, "/deprecate", {"reason": reason})

    @verb
    async def remove(self, name: str, version: str) -> None:
        """Deletes a version that no job has used."""
        await self._change("DELETE", name, version)

    async def _change(self, method: str, name: str, version: str, path: str = "", body: Any = None) -> Record:
        where = f"/v1/services/{quote(name, safe='')}/versions/{quote(version, safe='')}{path}"
        return Record((await self._transport.call(method, where, body=body)).body or {})


class Services(ServicesBase[Job[Any], Service], Blocking):
    _service_type = Service


class AsyncServices(ServicesBase[AsyncJob[Any], AsyncService], Suspending):
    _service_type = AsyncService


S = TypeVar("S", bound="BuilderBase[Any]")


class BuilderBase(Part[J]):
    """A job that is described step by step. Nothing is sent before `start` (one request) or `save` (a draft)."""

    def __init__(self, core: Core[J], name: str | None) -> None:
        super().__init__(core)
        self._changes: dict[str, Any] = {"name": name} if name else {}
        self._key = new_key()
        self._draft: J | None = None

    def service(self: S, name: str, version: str | None = None) -> S:
        self._changes["service"] = {"name": name} | ({"version": version} if version else {})
        return self

    def version(self: S, version: str) -> S:
        self._changes["service"] = {**self._changes.get("service", {}), "version": version}
        return self

    def tags(self: S, tags: Iterable[str]) -> S:
        return self.options(tags=list(tags))

    def group(self: S, group: str) -> S:
        return self.options(group=group)

    def parameters(self: S, given: Any = None, **members: Any) -> S:
        """Sets the parameters, or single members of them."""
        known = self._changes.get("parameters", {}) if given is None else parameters_of(given)
        self._changes["parameters"] = {**known, **parameters_of(members)} if members else known
        return self

    def input(self: S, slot: str, *files: Any) -> S:
        """Fills an input slot with files, data objects or their IDs. Files are uploaded when the job is sent."""
        self._changes.setdefault("inputs", {})[slot] = list(files)
        return self

    def options(self: S, **options: Any) -> S:
        """Sets other members of the submission, such as `metadata`, `retry` and `depends_on`."""
        self._changes |= members(options)
        return self

    @verb
    async def save(self) -> J:
        """Stores the job without starting it, or the changes since the last `save`."""
        return await self._send(start=False)

    create = save

    async def _start(self, wait_seconds: float | None = None) -> J:
        """Starts the job. With `wait_seconds`, the API responds when the job has ended, or after this time."""
        if self._draft is None:
            return await self._send(start=True, wait_seconds=wait_seconds)
        job = await self._send(start=False) if self._changes else self._draft
        assert isinstance(job, JobBase)
        job._apply((await job._call("POST", "/start", body={}, wait=wait_seconds)).body)
        return job._this  # type: ignore[no-any-return]

    async def _send(self, start: bool, wait_seconds: float | None = None) -> J:
        body = await upload_inputs(self._core, self._changes, self._key)
        if isinstance(self._draft, JobBase):
            self._draft._apply((await self._draft._call("PATCH", body=body)).body)
        else:
            body = body if start else {**body, "start": False}
            reply = await self._transport.call("POST", "/v1/jobs", body=body, key=self._key, wait=wait_seconds)
            self._draft = self._core.job(reply.body)
        self._changes = {}
        return self._draft


class Builder(BuilderBase[Job[Any]], Blocking):
    start = verb(BuilderBase[Job[Any]]._start)


class PendingJob(Awaitable[AsyncJob[Any]]):
    """A job that is being started: `await` it for the job, or await `wait()` or `result()` of the chain."""

    def __init__(self, job: Awaitable[AsyncJob[Any]]) -> None:
        self._job = job

    def __await__(self) -> Generator[Any, Any, AsyncJob[Any]]:
        return self._job.__await__()

    def wait(self, timeout_seconds: float | None = None) -> PendingJob:
        async def ended() -> AsyncJob[Any]:
            return await (await self._job).wait(timeout_seconds)

        return PendingJob(ended())

    async def result(self, timeout_seconds: float | None = None) -> Any:
        return await (await self._job).result(timeout_seconds)


class AsyncBuilder(BuilderBase[AsyncJob[Any]], Suspending):
    def start(self, wait_seconds: float | None = None) -> PendingJob:
        return PendingJob(self._start(wait_seconds))
