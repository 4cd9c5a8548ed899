"""Lambda: how functions fail, are updated while they run, and receive the records of a stream."""
import json
import threading

from ministack.core import lambda_runtime
from ministack.services import eventbridge, lambda_svc

from bridge import bridges, note

# The worker prints the message of an error, not its name, by which AWS and Errand distinguish failures.
SAYS = "error: String(err.message || err), trace: err.stack"
if SAYS not in lambda_runtime._NODEJS_WORKER_SCRIPT:
    raise RuntimeError("This version of the emulator reports errors of Node.js in another way: adapt functions.py")
lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(SAYS, f"errorName: err.name, {SAYS}")

latest = threading.local()


@bridges("Lambda: the error of a Node.js function is reported by its own name, not as Runtime.HandlerError",
         lambda_runtime.Worker, "invoke")
def invoke(original, worker, *arguments, **named):
    result = original(worker, *arguments, **named)
    latest.name = result.get("errorName")
    return result


@bridges("Lambda: the error of a Node.js function is reported by its own name, not as Runtime.HandlerError",
         lambda_svc, "_execute_function_warm")
def execute_warm(original, *arguments):
    latest.name, latest.is_running = None, True
    try:
        result = original(*arguments)
    finally:
        latest.is_running = False
    body = result.get("body")
    if latest.name and isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
        body["errorType"] = latest.name
    return result


outdated = set()


@bridges("Lambda: an update lets running invocations finish",
         lambda_svc, "invalidate_worker")
def invalidate(original, name, *arguments, **named):
    if not getattr(latest, "is_running", False):
        with lambda_runtime._lock:
            for key, workers in lambda_runtime._workers.items():
                if name in key.split(":"):
                    outdated.update(worker for worker in workers if worker.in_use)
                    workers[:] = [worker for worker in workers if not worker.in_use]
    return original(name, *arguments, **named)


@bridges("Lambda: an update lets running invocations finish", lambda_svc, "release_worker")
def release(original, worker):
    original(worker)
    if worker in outdated:
        outdated.discard(worker)
        lambda_runtime.kill_workers([worker])


@bridges("Lambda: the filter of an event source mapping matches as a rule of EventBridge does, also below missing members",
         lambda_svc, "_match_esm_filter")
def matches(_original, record, pattern):
    return any(eventbridge._matches_detail(record, one) for one in eventbridge._compile_pattern(pattern))


@bridges("Lambda: records of a stream that a function returns as failed are delivered again, here with their whole batch",
         lambda_svc, "_execute_function")
def execute(original, func, event, *arguments, **named):
    result = original(func, event, *arguments, **named)
    records = event.get("Records") if isinstance(event, dict) else None
    is_stream = isinstance(records, list) and bool(records) and records[0].get("eventSource") == "aws:dynamodb"
    body = result.get("body")
    if is_stream and not result.get("error") and isinstance(body, dict) and body.get("batchItemFailures"):
        given_back = {"errorType": "BatchItemFailures", "errorMessage": json.dumps(body)}
        return {**result, "error": True, "body": given_back}
    return result
