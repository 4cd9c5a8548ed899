"""Every method of both clients, against a real service."""

import asyncio
import dataclasses
import io
import json
import os
import pty
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pydantic
import pytest

from errand_client import (
    ApiError,
    AsyncErrand,
    ConfigurationError,
    Errand,
    ErrandConnectionError,
    JobAborted,
    JobError,
    JobFailed,
    JobStatus,
    WaitTimeout,
)

FAILS = {"failures": 9, "kind": "throw"}
ONCE = {"maxAttempts": 1}


def unique(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4()}"


class Greeting(pydantic.BaseModel):
    greeting: str
    times: int = 1


@dataclasses.dataclass
class Plain:
    greeting: str


@pytest.mark.parametrize(
    ("parameters", "sent"),
    [
        ({"greeting": "dict"}, {"greeting": "dict"}),
        (Plain("dataclass"), {"greeting": "dataclass"}),
        (Greeting(greeting="pydantic"), {"greeting": "pydantic"}),
        ('{"greeting": "text"}', {"greeting": "text"}),
        (io.StringIO('{"greeting": "file"}'), {"greeting": "file"}),
        (io.BytesIO(b'{"greeting": "bytes"}'), {"greeting": "bytes"}),
    ],
)
def test_parameters_can_have_each_form(errand: Errand, parameters: object, sent: object) -> None:
    assert errand.service("echo").submit(parameters).result(30) == sent


def test_a_job_has_its_state_and_times(errand: Errand) -> None:
    job = errand.service("echo").submit({"a": 1}, name="mine", tags=["t"], metadata={"run": 7}, wait_seconds=30)
    assert (job.status, str(job.status), job.finished, job.succeeded) == (JobStatus.SUCCEEDED, "succeeded", True, True)
    assert (job.name, job.data.tags, job.data.metadata.run, job.completion) == ("mine", ["t"], 7, 1.0)
    assert job.requested_at <= (job.started_at or datetime.max) <= (job.finished_at or datetime.min)
    assert abs((datetime.now(timezone.utc) - job.requested_at).total_seconds()) < 60
    assert errand.jobs.get(job.data.urn).result() == {"a": 1}


def test_states_are_those_of_the_service(errand: Errand) -> None:
    document = httpx.get(f"{errand.url}/v1/openapi.json").json()
    texts = json.dumps(document)
    assert all(f'"{status.value}"' in texts for status in JobStatus)
    with pytest.raises(ApiError) as raised:
        list(errand.jobs.query(status="unknown"))
    assert f"must be a comma-separated list of {', '.join(JobStatus)}" in str(raised.value)


def test_wait_raises_nothing_when_a_job_fails_and_result_does(errand: Errand) -> None:
    job = errand.service("flaky").submit(FAILS, retry=ONCE).wait(30)
    assert (job.status, job.succeeded, job.error and job.error.service_error_type) == ("failed", False, "flaky")
    with pytest.raises(JobFailed, match="service-failed: flaky.*job.logs()") as raised:
        job.result()
    assert raised.value.job is job and raised.value.code == "service-failed"
    outcome = job.result_or_error()
    assert isinstance(outcome.error, JobFailed) and outcome.result is None


def test_a_time_limit_is_a_job_error(errand: Errand) -> None:
    job = errand.service("flaky").submit({"kind": "timeout"}, retry=ONCE, attempt_timeout_seconds=1)
    with pytest.raises(JobError, match="timeout.*job.rerun()"):
        job.result(60)


def test_wait_ends_with_its_time_and_the_job_continues(errand: Errand) -> None:
    job = errand.service("echo").submit({"sleepSeconds": 20})
    with pytest.raises(WaitTimeout, match="It continues"):
        job.wait(0.3)
    assert job.abort("enough").wait(30).status == "aborted"
    with pytest.raises(JobAborted):
        job.result()
    again = job.rerun(parameters={"b": 2})
    assert again.result(30) == {"b": 2} and again.data.rerun_of == job.id


def test_refresh_can_be_throttled(errand: Errand) -> None:
    job = errand.service("echo").submit({})
    assert job.wait(30).refresh(throttle_seconds=60).succeeded
    stale = errand.jobs.get(job.id)
    errand.jobs.get(job.id).edit(name="renamed", tags=["x"])
    assert stale.refresh(throttle_seconds=60).name != "renamed"
    assert stale.refresh().name == "renamed"


def test_progress_is_reported_while_waiting(errand: Errand) -> None:
    seen: list[float] = []
    model = errand.services.get("cpu-load").request_model
    job = errand.services.get("cpu-load").submit(model(duration_seconds=3, target_cpu_percent=5))
    job.wait(60, on_change=lambda each: seen.append(each.completion))
    assert seen == sorted(seen) and len(set(seen)) > 2 and seen[-1] == 1


def test_the_model_of_the_parameters_refuses_wrong_names(errand: Errand) -> None:
    model = errand.services.get("csv-profile", "1.0.0").request_model
    with pytest.raises(TypeError, match="csv"):
        model()
    with pytest.raises(TypeError, match="colums"):
        model(csv="a\n1", colums=[])
    profile = errand.services.get("csv-profile", "1.0.0").submit(model(csv="a\n1\n")).result(60)
    assert profile["rows"] == 1


def test_an_ambiguous_service_names_the_choices(errand: Errand) -> None:
    for ambiguous in (lambda: errand.services.get("csv-profile"), lambda: errand.service("csv-profile").submit({})):
        with pytest.raises(ApiError, match="2.0.0, 1.0.0") as raised:
            ambiguous()
        assert raised.value.code == "ambiguous-version"
    assert errand.services.get("csv-profile", "^2").definition.version == "2.0.0"
    with pytest.raises(ApiError, match="echo") as unknown:
        errand.services.get("ecko")
    assert unknown.value.code == "service-not-found" and unknown.value.documentation_url


def test_services_are_registered_deprecated_and_removed(errand: Errand) -> None:
    name = f"py-{uuid.uuid4().hex[:8]}"
    manifest = {**errand.services.get("echo").definition, "name": name, "version": "0.1.0"}
    for derived in ("urn", "status", "used", "createdAt", "updatedAt", "links"):
        manifest.pop(derived)
    assert errand.services.register(manifest).status == "active"
    assert errand.services.deprecate(name, "0.1.0", "old").status == "deprecated"
    assert [each.version for each in errand.services.list(name=name)] == ["0.1.0"]
    errand.services.remove(name, "0.1.0")
    assert list(errand.services.list(name=name)) == []


def test_the_builder_sends_one_request_for_a_job(errand: Errand) -> None:
    sent: list[str] = []

    class Recording(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent.append(f"{request.method} {request.url.path}")
            return super().handle_request(request)

    with Errand(errand.url, api_key=os.environ["ERRAND_API_KEY"], transport=Recording()) as client:
        builder = client.job("chained").service("echo", "1.0.0").tags(["b"]).parameters({"x": 5}).parameters(y=6)
        assert sent == []
        job = builder.start(wait_seconds=30)
        assert job.result() == {"x": 5, "y": 6} and sent == ["POST /v1/jobs"]
        draft = client.job().service("echo").parameters(x=1)
        assert draft.save().status == "ready"
        assert draft.parameters(x=2).start(wait_seconds=30).result() == {"x": 2}
        assert sent[1] == "POST /v1/jobs" and sent[2].startswith("PATCH") and sent[3].endswith("/start")


def test_data_is_uploaded_and_downloaded(errand: Errand, tmp_path: Path) -> None:
    file = tmp_path / "ü.csv"
    file.write_bytes(b"a,b\n1,2\n3,4\n")
    progress: list[tuple[int, int]] = []
    data = errand.data.upload(file, tags=["py"], on_progress=lambda sent, total: progress.append((sent, total)))
    assert (data.name, data.media_type, data.size_bytes, progress[-1]) == ("ü.csv", "text/csv", 12, (12, 12))
    assert errand.data.download(data.id) == file.read_bytes()
    errand.data.download(data.id, tmp_path / "copy.csv")
    assert (tmp_path / "copy.csv").read_bytes() == file.read_bytes() and len(list(tmp_path.iterdir())) == 2
    job = errand.service("csv-profile", "^2").submit({}, inputs={"table": file})
    assert job.result(60)["rows"] == 2
    assert {each.slot for each in job.outputs()} == {"profile", "histograms"}
    assert {node["kind"] for node in job.lineage().nodes} == {"job", "data"}
    assert data.id in [each.id for each in errand.data.list(tag="py")]
    job.delete(cascade=["outputs", "inputs"])
    errand.data.delete(data.id)
    with pytest.raises(ApiError) as raised:
        errand.data.get(data.id)
    assert raised.value.code == "data-deleted"


def test_an_interrupted_upload_in_parts_continues(errand: Errand, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(os.urandom(1_000_003) * 101)
    size = file.stat().st_size
    key = unique("upload")

    def interrupt(sent: int, total: int) -> None:
        if sent > total * 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        errand.data.upload(file, on_progress=interrupt, idempotency_key=key)
    steps: list[int] = []
    data = errand.data.upload(file, on_progress=lambda sent, _: steps.append(sent), idempotency_key=key)
    assert data.status == "available" and data.size_bytes == size and steps[-1] == size
    assert steps[0] > 1_000_000  # The first parts were not sent again.
    errand.data.download(data.id, tmp_path / "copy.bin")
    assert (tmp_path / "copy.bin").read_bytes() == file.read_bytes()


def test_many_jobs_are_submitted_and_end(errand: Errand) -> None:
    group, key = unique("many"), unique("key")
    items = [{"n": number} for number in range(230)] + ["[]"]
    batch = errand.service("echo").submit_many(items, group=group, idempotency_key=key)
    assert len(batch.jobs) == 230
    assert [(each.index, each.error.code) for each in batch.refused] == [(230, "invalid-parameters")]
    again = errand.service("echo").submit_many(items, group=group, idempotency_key=key)
    assert [job.id for job in again.jobs] == [job.id for job in batch.jobs]
    ended = list(batch.ended(120))
    assert sorted(job.id for job in ended) == sorted(job.id for job in batch.jobs)
    assert sorted(job.result()["n"] for job in ended[:20]) == sorted(job.result()["n"] for job in ended[:20])
    assert len(list(errand.jobs.query(group=group))) == 230
    assert len(list(errand.jobs.query(group=group, limit=7))) == 7


def test_one_of_many_jobs_ends_first(errand: Errand) -> None:
    slow, fast = errand.service("echo").submit({"sleepSeconds": 15}), errand.service("echo").submit({"sleepSeconds": 0.5})
    assert errand.wait_any([slow, fast], 30) is fast
    with pytest.raises(WaitTimeout):
        errand.wait_all([slow, fast], 0.2)
    slow.abort()
    failed = errand.service("flaky").submit(FAILS, retry=ONCE)
    assert [job.status for job in errand.wait_all([slow, failed, fast], 60)] == ["aborted", "failed", "succeeded"]


def test_events_attempts_logs_and_children(errand: Errand) -> None:
    job = errand.service("fan-out").submit({"count": 3})
    types = [event.type for event in job.events()]
    assert types[0] == "errand.job.pending" and types[-1] == "errand.job.succeeded" and job.succeeded
    assert sorted(child.name for child in job.children()) == ["part-1", "part-2", "part-3"]
    assert [attempt.status for attempt in job.attempts()] == ["succeeded"]
    retried = errand.service("flaky").submit({"failures": 1}, retry={"maxAttempts": 2, "backoffSeconds": 0})
    assert retried.result(60) == {"attempt": 2} and len(retried.attempts()) == 2
    assert all(line.message for line in retried.logs(follow=True))


def test_events_of_all_jobs(errand: Errand) -> None:
    group = unique("log")
    follow: Iterator[dict[str, object]] = errand.events(after="now", follow=True, group=group)
    jobs = errand.service("echo").submit_many([{}] * 5, group=group).jobs
    errand.wait_all(jobs, 60)
    ends = [event for event in errand.events(group=group) if event.data.status == "succeeded"]
    assert sorted(event.data.job_id for event in ends) == sorted(job.id for job in jobs)
    assert next(errand.events(group=group, type="errand.job.succeeded")).type == "errand.job.succeeded"
    follow.close()  # type: ignore[attr-defined]


def test_operations_and_groups(errand: Errand) -> None:
    group = unique("ops")
    errand.wait_all(errand.service("flaky").submit_many([FAILS] * 3, group=group, retry=ONCE).jobs, 60)
    deadline = time.monotonic() + 30
    while (counts := len(list(errand.jobs.query(group=group, status="failed")))) < 3 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert counts == 3
    preview = errand.operations.rerun({"group": group, "status": ["failed"]}, dry_run=True)
    assert preview.matched == 3
    operation = errand.operations.rerun({"group": group, "status": ["failed"]}, parameters={"failures": 0})
    ended = errand.operations.wait(operation.id, 60)
    assert (ended.status, ended.done) == ("succeeded", 3)
    assert list(errand.operations.refusals(operation.id)) == []
    assert operation.id in [each.id for each in errand.operations.list()]
    tagged = errand.operations.tag({"group": group}, add_tags=["late"])
    assert errand.operations.wait(tagged.id, 60).matched == 6
    assert group in [each.name for each in errand.groups.list(name_prefix="ops-")]
    assert errand.groups.get(group).total == 6


def test_webhooks(errand: Errand) -> None:
    webhook = errand.webhooks.create("https://example.com/hook", states=["failed"])
    assert webhook.secret.startswith("whsec_")
    assert errand.webhooks.rotate(webhook.id).secret != webhook.secret
    assert errand.webhooks.edit(webhook.id, status="disabled").status == "disabled"
    assert webhook.id in [each.id for each in errand.webhooks.list()]
    assert list(errand.webhooks.deliveries(webhook.id)) == []
    errand.webhooks.delete(webhook.id)


def test_a_result_can_be_converted_and_large(errand: Errand) -> None:
    text = "ü" * 40_000
    job = errand.service("echo").submit({"greeting": text}, parse=Greeting.model_validate)
    assert job.result(60) == Greeting(greeting=text)


def test_a_dictionary_of_a_job_is_read_with_attributes(errand: Errand) -> None:
    me = errand.me()
    assert me.tenant == "local" and me.limits.long_polls == 50 and me.unknown is None


def test_access_is_found(errand: Errand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = os.environ["ERRAND_API_KEY"]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert Errand().url == errand.url
    monkeypatch.delenv("ERRAND_URL")
    monkeypatch.delenv("ERRAND_API_KEY")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="errand dev"):
        Errand()
    (tmp_path / ".errand").mkdir()
    (tmp_path / ".errand/control.json").write_text(json.dumps({"apiUrl": errand.url}))
    (tmp_path / ".errand/api-key").write_text(f"{key}\n")
    assert Errand().me().tenant == "local"
    (tmp_path / "errand").mkdir()
    profiles = {"default": {"url": "https://a.example/", "apiKey": "a"}, "b": {"url": "https://b.example", "apiKey": "b"}}
    (tmp_path / "errand/profiles.json").write_text(json.dumps({"profiles": profiles}))
    assert (Errand().url, Errand(profile="b").url) == ("https://a.example", "https://b.example")
    monkeypatch.setenv("ERRAND_PROFILE", "c")
    with pytest.raises(ConfigurationError, match="it has default, b"):
        Errand()
    assert Errand(errand.url, get_token=lambda: key).me().tenant == "local"
    assert Errand(errand.url, token=key).me().tenant == "local"
    with pytest.raises(ApiError) as raised:
        Errand(errand.url, api_key="wrong").me()
    assert raised.value.status == 401 and raised.value.request_id


def test_a_service_that_does_not_exist_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0)
    with pytest.raises(ErrandConnectionError, match="cannot be reached.*that the service runs"):
        Errand("http://127.0.0.1:1", api_key="x").me()


BAR = """
from errand_client import Errand
job = Errand().service("cpu-load").submit({"duration_seconds": 2, "target_cpu_percent": 5}, name="busy")
job.wait(60)
print(job.status)
"""


def test_a_bar_is_drawn_on_a_terminal_only() -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", BAR], stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    drawn = b""
    while True:
        try:
            received = os.read(leader, 4096)
        except OSError:
            break
        if not received:
            break
        drawn += received
    assert process.communicate()[0] == b"succeeded\n"
    os.close(leader)
    text = drawn.decode()
    assert "busy" in text and "[###" in text and text.endswith("\r\x1b[2K")
    silent = subprocess.run([sys.executable, "-c", BAR], capture_output=True, check=True)
    assert (silent.stdout, silent.stderr) == (b"succeeded\n", b"")


def test_the_asynchronous_client_has_the_same_methods() -> None:
    async def use() -> None:
        async with AsyncErrand() as errand:
            service = await errand.services.get("echo")
            assert await errand.job("a").service("echo").parameters(x=1).start().wait(30).result() == {"x": 1}
            jobs = [await service.submit({"sleepSeconds": 0.2 * number}) for number in range(3)]
            assert (await errand.wait_any(jobs, 30)).succeeded
            waits = await asyncio.gather(*(job.wait(30) for job in jobs))
            assert all(job.succeeded for job in waits)
            assert [event.type async for event in jobs[0].events()][-1] == "errand.job.succeeded"
            batch = await service.submit_many({"n": number} for number in range(120))
            results = [(await job.result())["n"] async for job in batch.ended(60)]
            assert sorted(results) == list(range(120))
            data = await errand.data.upload(b"a,b\n1,2\n", name="t.csv")
            assert await errand.data.download(data.id) == b"a,b\n1,2\n"
            with pytest.raises(JobFailed):
                await (await errand.service("flaky").submit(FAILS, retry=ONCE)).result(30)
            ids = [job.id async for job in errand.jobs.query(limit=5)]
            assert len(ids) == 5

    asyncio.run(use())


def test_the_two_clients_have_the_same_attributes() -> None:
    def names(value: object) -> set[str]:
        return {name for name in dir(value) if not name.startswith("_")}

    blocking, suspending = Errand(), AsyncErrand()
    assert names(blocking) == names(suspending)
    for part in ("jobs", "services", "data", "groups", "operations", "webhooks"):
        assert names(getattr(blocking, part)) == names(getattr(suspending, part))
