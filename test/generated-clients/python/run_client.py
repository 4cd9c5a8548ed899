"""What a user writes with openapi-python-client, run against the service of the environment."""
import os
from datetime import datetime, timezone

import httpx

from errand import AuthenticatedClient
from errand.api.data import complete_upload, create_data
from errand.api.jobs import get_job, list_jobs, submit_job, submit_jobs
from errand.api.services import register_service
from errand.models import (
    BulkSubmission,
    BulkSubmissionResponse,
    DataOrReceipt,
    Draft,
    Job,
    JobOrReceipt,
    JobPage,
    JobStatus,
    LambdaDispatcher,
    NewData,
    Problem,
    RegisteredService,
    RetryPolicy,
    ServiceDefinition,
    ServiceDefinitionInputs,
    ServiceDefinitionParameters,
    ServiceSelector,
    SingleUpload,
    SortOrder,
    Submission,
    SubmissionInputs,
    SubmissionMetadata,
    UploadCompletion,
)

client = AuthenticatedClient(base_url=os.environ["ERRAND_URL"], token=os.environ["ERRAND_API_KEY"])


def register() -> None:
    definition = ServiceDefinition(
        title="Echo of a greeting",
        parameters=ServiceDefinitionParameters.from_dict(
            {"type": "object", "properties": {"greeting": {"type": "string"}}, "required": ["greeting"]}
        ),
        inputs=ServiceDefinitionInputs.from_dict({"table": {"mediaTypes": ["text/csv"], "required": False}}),
        dispatcher=LambdaDispatcher(kind="lambda", function_name="errand-service-echo"),
        retry=RetryPolicy(max_attempts=2),
    )
    registered = register_service.sync("python-greetings", "1.0.0", client=client, body=definition)
    assert isinstance(registered, RegisteredService), registered
    assert registered.status == "active"
    assert isinstance(registered.dispatcher, LambdaDispatcher)


def upload() -> str:
    created = create_data.sync(client=client, body=NewData(name="table.csv", media_type="text/csv", size_bytes=4))
    assert isinstance(created, DataOrReceipt), created
    assert isinstance(created.upload, SingleUpload)
    httpx.put(created.upload.url, content=b"a,b\n", headers=created.upload.headers.to_dict()).raise_for_status()
    completed = complete_upload.sync(str(created.id), client=client, body=UploadCompletion())
    assert isinstance(completed, DataOrReceipt), completed
    assert completed.status == "available"
    return str(created.id)


def submit(data_id: str) -> None:
    submission = Submission(
        service=ServiceSelector(name="python-greetings", version="^1"),
        parameters={"greeting": "hello"},
        inputs=SubmissionInputs.from_dict({"table": [data_id]}),
        tags=["typed"],
        metadata=SubmissionMetadata.from_dict({"order": 17}),
        priority=5,
    )
    job = submit_job.sync(client=client, body=submission, prefer="wait=20", idempotency_key="python-1")
    assert isinstance(job, JobOrReceipt), job
    assert job.status == JobStatus.SUCCEEDED
    read = get_job.sync(str(job.id), client=client)
    assert isinstance(read, Job), read
    assert read.result == {"greeting": "hello"}
    assert isinstance(read.finished_at, datetime) and read.finished_at > read.requested_at
    valid = submit_job.sync_detailed(client=client, body=submission, validate_only=True)
    assert valid.status_code == 204
    wrong = submit_job.sync(client=client, body=Submission(service="python-greetings", parameters={"greeting": 1}))
    assert isinstance(wrong, Problem) and isinstance(wrong.errors, list)
    assert wrong.errors[0].pointer == "/parameters/greeting"


def list_and_submit_many() -> None:
    since = datetime(2020, 1, 1, tzinfo=timezone.utc)
    page = list_jobs.sync(client=client, tag="typed", order=SortOrder.ASC, limit=10, created_after=since, service="python-greetings")
    assert isinstance(page, JobPage), page
    assert [item.name for item in page.items] == ["python-greetings"]
    jobs: list[Draft | Submission] = [Submission(service="python-greetings", parameters={"greeting": "hi"}), Submission(service="none")]
    outcomes = submit_jobs.sync(client=client, body=BulkSubmission(jobs=jobs))
    assert isinstance(outcomes, BulkSubmissionResponse), outcomes
    accepted, refused = outcomes.items
    assert accepted.job and accepted.job.status == JobStatus.PENDING
    assert refused.problem and refused.problem.status == 404


register()
submit(upload())
list_and_submit_many()
