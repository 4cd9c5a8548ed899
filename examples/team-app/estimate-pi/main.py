"""Estimates pi from random points, and reports to Errand over HTTP: docs/guides/worker.md describes the requests."""

import json
import os
import random
import sys
import urllib.error
import urllib.request

STEPS = 10


def report(route, body=None):
    """Sends a request to the worker routes and returns the response. Exits when the attempt is no longer needed."""
    request = urllib.request.Request(
        os.environ["ERRAND_WORKER_URL"] + route,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "authorization": f"Bearer {os.environ['ERRAND_WORKER_TOKEN']}",
            "content-type": "application/json",
            "errand-worker-id": os.environ["AWS_BATCH_JOB_ID"],
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        if error.code in (401, 409):
            stop("The attempt is over")
        raise
    if body is not None and answer["abort"]:
        stop("The job was aborted")
    return answer


def stop(reason):
    """Ends the process without a failure: nobody waits for the work any more."""
    print(reason, flush=True)
    sys.exit(0)


def main():
    given = os.environ.get("ERRAND_PARAMETERS")
    parameters = report("/parameters") if given is None else json.loads(given)
    points = parameters["points"]
    numbers = random.Random(parameters["seed"])
    inside = 0
    for step in range(STEPS):
        share = points * (step + 1) // STEPS - points * step // STEPS
        inside += sum(numbers.random() ** 2 + numbers.random() ** 2 < 1 for _ in range(share))
        report("/progress", {"stepsTotal": STEPS, "stepsCompleted": step + 1})
        print(f"{step + 1} of {STEPS} steps", flush=True)
    report("/complete", {"result": {"pi": 4 * inside / points}})


main()
