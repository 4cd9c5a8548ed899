"""Waits and events finish right, each event once, whatever happens to the connections."""

import asyncio
import os
import threading
import time
import urllib.request
import uuid

import pytest

from errand_client import AsyncErrand, Errand

from .faulty_proxy import FaultyProxy

KEY = os.environ["ERRAND_API_KEY"]


def sequences(events: object) -> list[int]:
    return [int(event["sequence"]) for event in events]  # type: ignore[attr-defined]


def slow_job(errand: Errand, seconds: float = 3) -> str:
    return errand.service("echo").submit({"sleepSeconds": seconds}).id


def test_events_survive_cut_connections(errand: Errand, proxy: FaultyProxy) -> None:
    id = slow_job(errand)
    with Errand(proxy.url, api_key=KEY) as client:
        job = client.jobs.get(id)
        proxy.cuts = 6
        assert sequences(job.events()) == [1, 2, 3]
        assert job.succeeded and proxy.cuts < 6


def test_wait_survives_cut_connections_and_a_storm_of_503(errand: Errand, proxy: FaultyProxy) -> None:
    with Errand(proxy.url, api_key=KEY) as client:
        job = client.jobs.get(slow_job(errand))
        proxy.cuts, proxy.storm = 3, 5
        assert job.wait(60).succeeded and (proxy.cuts, proxy.storm) == (0, 0)


def test_events_survive_a_storm_of_503(errand: Errand, proxy: FaultyProxy) -> None:
    with Errand(proxy.url, api_key=KEY) as client:
        job = client.jobs.get(slow_job(errand))
        proxy.storm = 7
        assert sequences(job.events()) == [1, 2, 3]


def test_events_pass_a_proxy_that_buffers_streams(errand: Errand, proxy: FaultyProxy) -> None:
    proxy.buffers = True
    with Errand(proxy.url, api_key=KEY, stream_idle_seconds=1) as client:
        job = client.jobs.get(slow_job(errand, 4))
        started = time.monotonic()
        assert sequences(job.events()) == [1, 2, 3] and time.monotonic() - started < 20
        group = f"buffered-{uuid.uuid4()}"
        jobs = client.service("echo").submit_many([{}] * 3, group=group).jobs
        followed = client.events(follow=True, group=group, type="errand.job.succeeded")
        assert {next(followed).data.job_id for _ in jobs} == {job.id for job in jobs}


def test_lost_responses_submit_nothing_twice(errand: Errand, proxy: FaultyProxy) -> None:
    group = f"lost-{uuid.uuid4()}"
    with Errand(proxy.url, api_key=KEY) as client:
        proxy.cuts, proxy.storm = 3, 1
        batch = client.service("echo").submit_many([{"n": number} for number in range(150)], group=group)
        assert sorted(job.result()["n"] for job in batch.ended(120)) == list(range(150))
    assert len(list(errand.jobs.query(group=group))) == 150


def test_the_log_is_followed_over_cut_connections(errand: Errand, proxy: FaultyProxy) -> None:
    group = f"cut-{uuid.uuid4()}"
    jobs = errand.service("echo").submit_many([{"sleepSeconds": 1}] * 10, group=group).jobs

    async def follow() -> list[str]:
        seen: list[str] = []
        async with AsyncErrand(proxy.url, api_key=KEY) as client:
            proxy.cuts = 8
            async for event in client.events(follow=True, group=group):
                seen.append(event.id)
                if sum(id.endswith("/3") for id in seen) == len(jobs):
                    return seen
        return seen

    seen = asyncio.run(asyncio.wait_for(follow(), 60))
    assert sorted(seen) == sorted(f"{job.id}/{number}" for job in jobs for number in (1, 2, 3))
    assert proxy.cuts < 8


@pytest.mark.skipif("ERRAND_CONTROL" not in os.environ, reason="npm run verify:python can restart the service")
def test_waits_and_events_survive_a_restart_of_the_service(errand: Errand) -> None:
    job = errand.service("flaky").submit({"failures": 2}, retry={"maxAttempts": 3, "backoffSeconds": 3600})
    others = [errand.service("echo").submit({"sleepSeconds": 2}) for _ in range(3)]
    outcomes: dict[str, object] = {}

    def waiting() -> None:
        outcomes["wait"] = [each.status.value for each in errand.wait_all(others, 120)]

    def following() -> None:
        outcomes["events"] = sequences(errand.jobs.get(job.id).events())

    threads = [threading.Thread(target=run) for run in (waiting, following)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    urllib.request.urlopen(urllib.request.Request(os.environ["ERRAND_CONTROL"], method="POST"), timeout=120).read()
    errand.jobs.get(job.id).abort()
    for thread in threads:
        thread.join(120)
    assert outcomes["wait"] == ["succeeded"] * 3
    numbers = outcomes["events"]
    assert isinstance(numbers, list) and numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 4
