"""One job of AWS Batch as a process of this machine: its states, its time limit, its output and its end."""
import json
import os
import re
import subprocess
import threading
import time

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudwatch_logs, eventbridge

IMAGES = os.path.join(os.environ["DEPLOY_WORK"], "images")
CONTAINER_ENVIRONMENT = json.loads(os.environ["DEPLOY_CONTAINER_ENVIRONMENT"])
# https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
SECONDS_UNTIL_KILL = 30

processes = {}
stopping = {}


def stop(job, reason):
    """Ends a job as TerminateJob does: SIGTERM, SIGKILL 30 s later; a job that has no process yet never gets one."""
    stopping.setdefault(job["jobId"], reason)
    process = processes.get(job["jobId"])
    if process is not None:
        process.terminate()
        timer = threading.Timer(SECONDS_UNTIL_KILL, process.kill)
        timer.daemon = True
        timer.start()


def run(job, scope):
    """Runs a job through its states to its end; `scope` is its account and region."""
    set_request_account_id(scope[0])
    set_request_region(scope[1])
    for status in ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING"):
        if job["jobId"] in stopping:
            end(job, None, None)
            return
        move(job, status=status)
        time.sleep(0.05)
    started = now()
    try:
        process = start(job)
    except OSError as error:
        end(job, None, f"CannotStartContainerError: {error}")
        return
    processes[job["jobId"]] = process
    if job["jobId"] in stopping:
        process.terminate()
    move(job, status="RUNNING", startedAt=started)
    limit = (job["timeout"] or {}).get("attemptDurationSeconds")
    timer = threading.Timer(limit or 0, stop, (job, "Job attempt duration exceeded timeout"))
    timer.daemon = True
    if limit:
        timer.start()
    for line in process.stdout:
        keep_output(job, line.rstrip("\n"))
    code = process.wait()
    timer.cancel()
    processes.pop(job["jobId"])
    end(job, 128 - code if code < 0 else code, None)


def start(job):
    """Starts the program of a job's image. Raises OSError when the image or the program does not exist."""
    container = job["container"]
    directory = os.path.join(IMAGES, container["image"].rsplit(":", 1)[-1])
    environment = {one["name"]: one["value"] for one in container["environment"]}
    return subprocess.Popen(
        container["command"] or command_of(directory), cwd=directory, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"], "AWS_BATCH_JOB_ID": job["jobId"], "AWS_BATCH_JOB_ATTEMPT": "1",
             **environment, **CONTAINER_ENVIRONMENT})


def command_of(directory):
    with open(os.path.join(directory, "Dockerfile"), encoding="utf8") as file:
        found = re.search(r"^CMD (\[.*\])$", file.read(), re.MULTILINE)
    if found is None:
        raise OSError(f"The Dockerfile in {directory} has no CMD in the exec form")
    return json.loads(found.group(1))


def end(job, exit_code, failure):
    """The last state, by the exit code of the process, or by the failure or the stop that prevented its start."""
    reason = stopping.pop(job["jobId"], None)
    succeeded = exit_code == 0 and reason is None
    says = reason or ("Essential container in task exited" if failure is None else "Task failed to start")
    ending = {} if exit_code is None else {"exitCode": exit_code}
    if failure is not None:
        ending["reason"] = failure
    attempt = {"startedAt": job.get("startedAt", 0), "stoppedAt": now(), "statusReason": says,
               "container": {**ending, "logStreamName": job["container"]["logStreamName"]}}
    attempts = [] if exit_code is None and failure is None else [attempt]
    move(job, status="SUCCEEDED" if succeeded else "FAILED", stoppedAt=now(), statusReason=says, attempts=attempts,
         container={**job["container"], **ending})


def move(job, **members):
    """Changes a job and publishes its state on the default bus, in this order."""
    job.update(members)
    detail = json.dumps({key: value for key, value in job.items() if value is not None})
    eventbridge._put_events({"Entries": [{
        "Source": "aws.batch", "DetailType": "Batch Job State Change", "Resources": [job["jobArn"]], "Detail": detail,
    }]}, allow_aws_source=True)


def keep_output(job, message):
    options = (job["container"]["logConfiguration"] or {}).get("options", {})
    stream = {"logGroupName": options.get("awslogs-group"), "logStreamName": job["container"]["logStreamName"]}
    cloudwatch_logs._create_log_stream(stream)
    cloudwatch_logs._put_log_events({**stream, "logEvents": [{"timestamp": now(), "message": message}]})


def now():
    return int(time.time() * 1000)
