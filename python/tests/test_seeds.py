"""The examples of other services have the same outcomes with Errand: examples/seeds."""

from pathlib import Path

import fiddler_job_status as fiddler
import ivcap_running_jobs as ivcap
import orca_sdk_job as orca
import pinexq_starting_a_job as pinexq

from errand_client import Errand


def test_ivcap(errand: Errand, tmp_path: Path) -> None:
    job = ivcap.fire_and_check(errand)
    assert job.id and job.result(30) == {"param": "value"}
    assert ivcap.with_a_model(errand).result(60)["cpu_percent"] > 0
    first, second = ivcap.blocking(errand)
    assert first.succeeded and second.succeeded
    assert ivcap.with_a_raw_json_string_or_io_stream(errand) == ({"wordle": {"maxattempts": 2, "thinking_time": 1}},) * 2
    assert ivcap.polling_for_completion(errand).succeeded
    assert ivcap.accessing_the_result(errand) == {"param": "value"}
    id, status, finished, succeeded, result, requested, started, ended = ivcap.job_properties(errand)
    assert id and (str(status), finished, succeeded, result) == ("succeeded", True, True, {})
    assert requested <= started <= ended
    file = tmp_path / "results.csv"
    assert ivcap.batch_job_monitoring(errand, file) == 10
    assert [line.split(",")[2] for line in file.read_text().splitlines()] == ["succeeded"] * 10
    assert ivcap.handling_job_failures(errand, {"failures": 0}) == "Done: {'attempt': 1}"
    assert ivcap.handling_job_failures(errand, {"failures": 9}).startswith("Job reported failure: flaky")
    assert ivcap.handling_job_failures(errand, {"kind": "timeout"}).startswith("Platform-level error")


def test_pinexq(errand: Errand) -> None:
    assert pinexq.create_a_job(errand).status == "draft"
    assert pinexq.select_the_processing(errand) == ({}, {}, {"x": 5})
    assert pinexq.several_versions_are_an_error_with_suggestions(errand) == ["2.0.0", "1.0.0"]
    assert pinexq.set_tags(errand).data.tags == ["test", "my_function"]
    assert pinexq.configure_parameters(errand) == ({"x": 5}, {"x": 5})
    before, after = pinexq.start_the_job(errand)
    assert before == "ready" and after in ("pending", "executing", "succeeded")
    assert pinexq.failed_execution(errand).startswith("failed: flaky")
    assert pinexq.wait_for_completion(errand).succeeded
    assert pinexq.get_result(errand) == {"x": 5}
    assert pinexq.delete(errand) == "job-deleted"
    assert pinexq.delete_with_associated(errand) == ["input"]
    assert pinexq.fluent(errand) == {"x": 5}
    assert pinexq.create_and_configure_rapidly(errand).result(30) == {"x": 5}


def test_orca(errand: Errand) -> None:
    assert orca.status_of_a_job(errand) == ["pending", "executing", "succeeded"]
    attributes = orca.attributes_of_a_job(errand)
    assert (attributes["type"], attributes["status"], attributes["completion"]) == ("fan-out", "succeeded", 1)
    assert (attributes["steps_total"], attributes["steps_completed"], attributes["exception"]) == (2, 2, None)
    with Errand(errand.url, api_key=errand._transport.access.api_key) as other:
        orca.set_config(other)
        assert other._core.settings.max_wait_seconds == 3600
        found = orca.query(other)
    assert 0 < len(found) <= 10 and {job.data.service.name for job in found} == {"echo"}
    job = errand.service("echo").submit({"a": 1, "b": 2}).wait(30)
    assert orca.init(errand, job.id) == 2
    assert orca.refresh(errand) == "succeeded"
    assert orca.wait(errand) == ("failed", True)
    value, message = orca.result(errand)
    assert value == {"x": 5} and "service-failed: flaky" in message
    assert orca.abort(errand) == "aborted"


def test_fiddler(errand: Errand) -> None:
    assert fiddler.monitoring_job_progress(errand) == "Data published successfully"
    poll = fiddler.polling_job_status_manually
    assert poll(errand, errand.service("echo").submit({"sleepSeconds": 1})) == "Operation completed successfully"
    failing = errand.service("flaky").submit({"failures": 9}, retry={"maxAttempts": 1})
    assert poll(errand, failing).startswith("Operation failed: flaky")
    assert poll(errand, errand.service("echo").submit({"sleepSeconds": 20}).abort()) == "Operation was cancelled"
    retried, permanent = fiddler.handling_job_failures_and_retries(errand, {"failures": 9})
    assert retried.endswith("retried automatically") and permanent.startswith("Job failed permanently: flaky")
    assert len(fiddler.handling_job_failures_and_retries(errand, {"failures": 1})) == 1
