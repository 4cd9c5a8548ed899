"""Programs of a container, for the checks of python-batch.ts: the environment's PROGRAM names the one to run."""

import os
import signal
import sys

import data
from attempt import Failure, run


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("nobody reads this")


class Nameless(BaseException):
    pass


def throw(error):
    def work(parameters, attempt):
        raise error

    return work


def give(result):
    return lambda parameters, attempt: result


def leave(parameters, attempt):
    sys.exit(0)


def signal_under_lock(parameters, attempt):
    # The main thread is here for a moment whenever it waits.
    with attempt._stopped._cond:
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):
            pass
    attempt.sleep(60)


def wait(parameters, attempt):
    attempt.progress(completion=0.5)
    attempt.sleep(60)


def large_output(parameters, attempt):
    return data.write(attempt, "counts", "large", (b"0123456789" * 1000 for _ in range(2000)))


def undeclared_input(parameters, attempt):
    return data.inputs(attempt, "document")


def undeclared_output(parameters, attempt):
    return data.write(attempt, "count", "a-file", [b"content"])


def failing_output(parameters, attempt):
    def chunks():
        yield bytes(data.COLLECTED_BYTES)
        raise ValueError("no more")

    data.write(attempt, "counts", "failing", chunks())


circle = []
circle.append(circle)

programs = {
    "no-text": throw(Unspeakable()),
    "no-exception": throw(Nameless("outside")),
    "surrogate": throw(ValueError("half \ud83d of a pair")),
    "huge": throw(ValueError("x" * 1_000_000)),
    "other-types": throw(Failure({"no": "text"}, type=5, retryable="yes")),
    "leave": leave,
    "circle": give(circle),
    "set": give({1, 2}),
    "surrogate-result": give("half \ud83d of a pair"),
    "not-a-number": give(float("nan")),
    "large": give("x" * 300_000),
    "signal-under-lock": signal_under_lock,
    "wait": wait,
    "large-output": large_output,
    "undeclared-input": undeclared_input,
    "undeclared-output": undeclared_output,
    "failing-output": failing_output,
}

sys.exit(run(programs[os.environ["PROGRAM"]], float(os.environ["HEARTBEAT_SECONDS"])))
