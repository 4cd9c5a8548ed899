"""
AWS Batch: requests are checked against botocore's model of the service, and a job runs as a process of this machine in the
folder of its image, with its states on the default bus of EventBridge and its output in CloudWatch Logs.
"""
import json
import re
import threading
import time
import uuid

import botocore.session
from botocore.validate import ParamValidator
from ministack.core.responses import get_account_id, get_region
from ministack.services import batch

from batch_process import run, stop
from bridge import note
from permissions import refusal

note("Batch: requests are checked against AWS's own model of the service (botocore), and SubmitJob against all that its policy names")
note("Batch: a job runs, as a process in the folder of its image's Dockerfile, instead of succeeding at once")
note("Batch: TerminateJob, DeregisterJobDefinition, and the filters of ListJobs and DescribeJobDefinitions")

MODEL = botocore.session.get_session().get_service_model("batch")
ENDED = ("SUCCEEDED", "FAILED")
lock = threading.RLock()


def faults(operation, request):
    """The errors of a request by AWS's model of the operation; an empty text for a valid request."""
    report = ParamValidator().validate(request, MODEL.operation_model(operation).input_shape)
    return report.generate_report() if report.has_errors() else ""


def refused(message):
    return batch.error_response_json("ClientException", message, 400)


def serves(operation):
    """Serves an operation by the decorated function instead; it takes the request and returns the response."""
    def decorate(function):
        def handle(request):
            wrong = faults(operation, request)
            if wrong:
                return refused(wrong)
            with lock:
                return function(request)
        batch._DISPATCH[f"/v1/{operation.lower()}"] = handle
        return handle
    return decorate


@serves("RegisterJobDefinition")
def register_job_definition(request):
    name = request["jobDefinitionName"]
    revisions = batch._job_definitions.setdefault(name, [])
    revision = len(revisions) + 1
    named = {"jobDefinitionName": name, "revision": revision, "jobDefinitionArn": batch._jd_arn(name, revision)}
    revisions.append({**request, **named, "status": "ACTIVE"})
    return batch._json(200, named)


@serves("DeregisterJobDefinition")
def deregister_job_definition(request):
    definition = definition_of(request["jobDefinition"])
    if definition is not None:
        definition["status"] = "INACTIVE"
    return batch._json(200, {})


@serves("DescribeJobDefinitions")
def describe_job_definitions(request):
    name, status = request.get("jobDefinitionName"), request.get("status")
    # A list of up to 100 ARNs or names with a revision.
    chosen = [one.rsplit("/", 1)[-1] for one in request.get("jobDefinitions", [])]
    found = [one for revisions in batch._job_definitions.values() for one in revisions
             if name in (None, one["jobDefinitionName"]) and status in (None, one["status"])
             and (not chosen or f"{one['jobDefinitionName']}:{one['revision']}" in chosen)]
    return batch._json(200, {"jobDefinitions": found[:100]})


def definition_of(reference):
    """The active revision that a name, a name with a revision, or an ARN identifies; the newest without a revision."""
    name, _, revision = reference.rsplit("/", 1)[-1].partition(":")
    active = [one for one in batch._job_definitions.get(name) or [] if one["status"] == "ACTIVE"]
    matching = [one for one in active if revision in ("", str(one["revision"]))]
    return matching[-1] if matching else None


def wrong_submission(request, queue, definition):
    """The error of a submission beyond its form, by the rules of the API reference; None for a valid submission."""
    environment = request.get("containerOverrides", {}).get("environment", [])
    if queue is None or queue.get("state") != "ENABLED":
        return f"JobQueue {request['jobQueue']} not found"
    if definition is None:
        return f"JobDefinition {request['jobDefinition']} not found"
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
    if bool(queue.get("schedulingPolicyArn")) != bool(request.get("shareIdentifier")):
        return "A queue with a scheduling policy needs a shareIdentifier, and no other queue takes one"
    if not re.fullmatch(r"[A-Za-z0-9]{1,255}\*?", request.get("shareIdentifier", "any")):
        return "The shareIdentifier has other characters than letters and digits"
    if not re.fullmatch(r"[A-Za-z0-9][\w-]{0,127}", request["jobName"]):
        return "The jobName is malformed"
    if any(one["name"].startswith("AWS_BATCH") for one in environment):
        return "A variable's name begins with AWS_BATCH"
    if len(json.dumps(request.get("containerOverrides", {}))) > 8192:
        return "Container Overrides length must be at most 8192"
    return None


@serves("SubmitJob")
def submit_job(request):
    queue = batch._job_queues.get(request["jobQueue"].rsplit("/", 1)[-1])
    definition = definition_of(request["jobDefinition"])
    wrong = wrong_submission(request, queue, definition)
    if wrong is not None:
        return refused(wrong)
    job_id = str(uuid.uuid4())
    arn = batch._job_arn(job_id)
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
    denied = refusal(definition["jobDefinitionArn"], "batch:SubmitJob")
    if denied is None and request.get("tags"):
        denied = refusal(arn, "batch:TagResource")
    if denied is not None:
        return denied
    job = {
        "jobArn": arn, "jobId": job_id, "jobName": request["jobName"], "jobQueue": queue["jobQueueArn"],
        "jobDefinition": definition["jobDefinitionArn"], "status": "SUBMITTED", "attempts": [], "dependsOn": [],
        "createdAt": int(time.time() * 1000), "parameters": request.get("parameters", {}),
        "shareIdentifier": request.get("shareIdentifier"), "platformCapabilities": ["FARGATE"],
        "timeout": request.get("timeout") or definition.get("timeout"),
        "retryStrategy": request.get("retryStrategy") or definition.get("retryStrategy"),
        "tags": {"resourceArn": arn, **request.get("tags", {})}, "container": container_of(definition, request),
    }
    batch._jobs[job_id] = job
    threading.Thread(target=run, args=(job, (get_account_id(), get_region())), daemon=True).start()
    return batch._json(200, {"jobId": job_id, "jobName": job["jobName"], "jobArn": arn})


def container_of(definition, request):
    """The container of a job: the properties of its definition, with the overrides of the submission."""
    properties, overrides = definition["containerProperties"], request.get("containerOverrides", {})
    merged = {}
    for member, key in (("environment", "name"), ("resourceRequirements", "type")):
        both = properties.get(member, []) + overrides.get(member, [])
        by_name = {one[key]: one["value"] for one in both}
        merged[member] = [{key: name, "value": value} for name, value in by_name.items()]
    options = (properties.get("logConfiguration") or {}).get("options", {})
    prefix = options.get("awslogs-stream-prefix", definition["jobDefinitionName"])
    return {
        "image": properties["image"], "command": overrides.get("command") or properties.get("command", []), **merged,
        "logConfiguration": properties.get("logConfiguration"), "executionRoleArn": properties.get("executionRoleArn"),
        "logStreamName": f"{prefix}/default/{uuid.uuid4().hex}",
    }


@serves("DescribeJobs")
def describe_jobs(request):
    found = [batch._jobs[one] for one in request["jobs"] if one in batch._jobs]
    return batch._json(200, {"jobs": [{key: value for key, value in job.items() if value is not None} for job in found]})


@serves("ListJobs")
def list_jobs(request):
    queue = request.get("jobQueue", "").rsplit("/", 1)[-1]
    if queue not in batch._job_queues:
        return refused(f"JobQueue {queue} not found")
    names = next((one["values"] for one in request.get("filters", []) if one["name"] == "JOB_NAME"), None)
    # Only running jobs are listed when neither a status nor a filter is given.
    status = request.get("jobStatus") or ("RUNNING" if names is None else None)
    found = [job for job in batch._jobs.values() if job["jobQueue"].endswith(f"/{queue}")
             and (names is None or job["jobName"] in names) and status in (None, job["status"])]
    shown = ("jobArn", "jobId", "jobName", "createdAt", "status", "startedAt", "stoppedAt")
    return batch._json(200, {"jobSummaryList": [{key: job[key] for key in shown if key in job} for job in found]})


@serves("TerminateJob")
def terminate_job(request):
    job = batch._jobs.get(request["jobId"])
    if job is not None and job["status"] not in ENDED:
        stop(job, request["reason"])
    return batch._json(200, {})
