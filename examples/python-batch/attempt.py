"""An attempt of a job in an AWS Batch container: Errand's worker routes, with the standard library alone.

The environment describes the job, its attempt, and the URL and the token of its reports. Every request is tried again after
a lost connection, a 408, a 429 or a 5xx; a repeated request is harmless. The token is never printed.
"""

import http.client
import json
import math
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request

SHORT_PAUSES = (0.2, 1)
LONG_PAUSES = (0.2, 1, 3, 8, 15)
TRY_TIMEOUT_SECONDS = 10
SHORTEST_TRY_SECONDS = 0.4
SHORTEST_ENDING_SECONDS = 2.5
UPLOAD_TIMEOUT_SECONDS = 300
MAX_INLINE_BYTES = 262_144
PROGRESS_PAUSE_SECONDS = 1
FLUSH_SECONDS = 5
CONNECTION_FAULTS = (OSError, http.client.HTTPException)


class Stopped(Exception):
    """Raised when the work is no longer needed."""


class Failure(Exception):
    """Ends the attempt as failed, with a message for the owner of the job."""

    def __init__(self, message, type=None, retryable=False):
        super().__init__(message)
        self.type = type
        self.retryable = retryable


class Refused(Exception):
    """A request that failed with an error that a retry cannot fix."""


class Attempt:
    """The work uses one thread; another one sends heartbeats and progress, so that reports never delay the work."""

    def __init__(self, environment=os.environ):
        self.number = int(environment["ERRAND_ATTEMPT"])
        self.stop_cause = None
        self._url = environment["ERRAND_WORKER_URL"]
        self._token = environment["ERRAND_WORKER_TOKEN"]
        self._worker_id = environment.get("AWS_BATCH_JOB_ID")
        self._parameters = environment.get("ERRAND_PARAMETERS")
        # A quarter of the longest time without a report; without a limit, no heartbeats are needed.
        self.heartbeat_seconds = float(environment.get("ERRAND_HEARTBEAT_SECONDS") or math.inf) / 4
        self._stopped = threading.Event()
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._flushed = threading.Event()
        self._flushed.set()
        self._beating = False
        self._lock = threading.Lock()
        self._progress = {}
        self._unsent = False

    def stop(self, cause):
        """Requests the end of the work: `abort`, `stale`, `unauthenticated` or `terminated`; the first cause is kept."""
        self.stop_cause = self.stop_cause or cause
        self._stopped.set()
        self._wake.set()

    def check(self):
        """Raises `Stopped` if the work is no longer needed."""
        if self._stopped.is_set():
            raise Stopped(self.stop_cause)

    def sleep(self, seconds):
        """Waits, and raises `Stopped` as soon as the work is no longer needed."""
        self._stopped.wait(seconds)
        self.check()

    def parameters(self):
        """Reads the parameters from the environment if they are small, otherwise from the route or the URL that it redirects to."""
        if self._parameters is not None:
            return json.loads(self._parameters)
        return json.loads(self.call("GET", "/parameters"))

    def begin(self):
        """Binds the attempt to this container, unless its parameters are in the environment.

        Without parameters in the environment, a heartbeat binds the attempt; a container that is too late does not start the
        work. Otherwise no request is needed, because AWS Batch itself reports that the container runs.
        """
        if self._parameters is None:
            self.heartbeat()
            self.check()

    def heartbeat(self):
        """Sends a heartbeat. A lost heartbeat is harmless, because another one follows."""
        self._try_report("/heartbeat", {})

    def progress(self, **progress):
        """Reports steps_total, steps_completed, completion (0 to 1) and message; omitted members keep their last value.

        Returns at once. Reports within one second are sent as one.
        """
        names = {"steps_total": "stepsTotal", "steps_completed": "stepsCompleted"}
        if "message" in progress:
            progress["message"] = text_of(progress["message"])[:1024]
        with self._lock:
            self._progress.update({names.get(name, name): value for name, value in progress.items()})
            self._unsent = True
            self._flushed.clear()
        self._wake.set()

    def start_reporting(self, heartbeat_seconds):
        """Sends progress when it changes, and a heartbeat when nothing was sent for the given time, until the work has ended."""
        self.heartbeat_seconds = heartbeat_seconds
        self._beating = True
        threading.Thread(target=self._report, daemon=True).start()

    def stop_heartbeats(self):
        """Stops the heartbeats when the work has ended: the rest of the process must not keep the attempt alive."""
        self._beating = False
        self._wake.set()

    def stop_on_signal(self, number):
        """Stops the work when the process receives the signal.

        Python runs a handler in the main thread between any two instructions, also while that thread holds the lock of an
        `Event`, so a handler must not set one. Instead, the number of the signal is written to a socket at once, and a
        separate thread reads it. https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
        """
        receiver, sender = socket.socketpair()
        sender.setblocking(False)
        signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
        signal.signal(number, lambda *_: None)
        threading.Thread(target=self._await_signal, args=(receiver, sender, number), daemon=True).start()

    def flush(self):
        """Waits until the last progress was sent, at most 5 s."""
        self._flushed.wait(FLUSH_SECONDS)

    def complete(self, result):
        """Ends the attempt with its result; a large one is uploaded first."""
        text = json.dumps(result, ensure_ascii=False).encode()
        try:
            if len(text) <= MAX_INLINE_BYTES:
                body = b'{"result":' + text + b"}"
            else:
                upload_request = {"mediaType": "application/json", "sizeBytes": len(text)}
                upload = json.loads(self.call("POST", "/result-upload", encode(upload_request)))
                self._put(upload["uploadUrl"], text)
                body = encode({"resultReference": upload["reference"], "mediaType": "application/json"})
            self.call("POST", "/complete", body)
        except CONNECTION_FAULTS as fault:
            raise Failure(f"The result was not delivered: {fault}", "result-not-delivered", True) from fault

    def fail(self, error):
        """Ends the attempt as failed: a `Failure` with its message and type, any other error with its name as type."""
        is_failure = isinstance(error, Failure)
        report = {"message": text_of(error)[:4000] or "The service reported no reason."}
        type_name = text_of(error.type or "") if is_failure else type(error).__name__
        if type_name:
            report["type"] = type_name[:128]
        if is_failure:
            report["retryable"] = error.retryable is True
        self.call("POST", "/fail", encode(report))

    def close(self):
        self._closed.set()
        self._wake.set()

    def _await_signal(self, receiver, sender, number):
        with receiver, sender:
            while number not in receiver.recv(64):
                pass
            # The socket stays open, because a later signal is written to it too.
            self.stop("terminated")
            self._closed.wait()

    def _report(self):
        # The service ignores progress that arrives within a second of any other report.
        sent_at = time.monotonic()
        while not self._closed.is_set() and not self._stopped.is_set():
            self._wake.clear()
            now = time.monotonic()
            due = sent_at + (PROGRESS_PAUSE_SECONDS if self._unsent else self._silence())
            if now < due:
                self._wake.wait(None if due == math.inf else due - now)
                continue
            if self._unsent:
                self._send_progress()
            else:
                self.heartbeat()
            sent_at = time.monotonic()
        self._flushed.set()

    def _silence(self):
        return self.heartbeat_seconds if self._beating else math.inf

    def _send_progress(self):
        with self._lock:
            progress = dict(self._progress)
            self._unsent = False
        self._try_report("/progress", progress)
        with self._lock:
            if not self._unsent:
                self._flushed.set()

    def _try_report(self, path, report):
        # A report without a response must not delay the next ones until the attempt counts as lost.
        third = self.heartbeat_seconds / 3
        timeout_seconds = min(max(third, SHORTEST_TRY_SECONDS), TRY_TIMEOUT_SECONDS)
        pauses = [min(pause, third) for pause in SHORT_PAUSES]
        try:
            self.call("POST", path, encode(report), pauses, timeout_seconds)
        except (*CONNECTION_FAULTS, Stopped):
            pass
        except Exception as fault:
            # The thread that sends heartbeats continues after any other error.
            print(f"{path} was not reported: {text_of(fault)}", flush=True)

    def _ending_timeout(self):
        # No heartbeats are sent at the same time, so it is tried again before the attempt counts as lost.
        return min(max(self.heartbeat_seconds, SHORTEST_ENDING_SECONDS), TRY_TIMEOUT_SECONDS)

    def call(self, method, path, body=None, pauses=LONG_PAUSES, timeout_seconds=None):
        """Calls a worker route with the token, and returns the body of the response."""
        request = urllib.request.Request(self._url + path, data=body, method=method)
        # Not sent to the target of a redirect: a presigned URL needs no other permission.
        request.add_unredirected_header("Authorization", "Bearer " + self._token)
        if self._worker_id:
            request.add_unredirected_header("Errand-Worker-Id", self._worker_id)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        text = self._send(request, pauses, timeout_seconds or self._ending_timeout())
        # The response of a GET contains the parameters, whose members the submitter chooses.
        if method == "POST" and json.loads(text).get("abort") is True:
            self.stop("abort")
        return text

    def _put(self, url, data):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data=data, method="PUT", headers=headers)
        # An upload may take longer than the longest time without a report.
        self._beating = True
        self._wake.set()
        try:
            self._send(request, LONG_PAUSES, UPLOAD_TIMEOUT_SECONDS)
        finally:
            self.stop_heartbeats()

    def _send(self, request, pauses, timeout_seconds):
        for pause in (*pauses, None):
            try:
                with urllib.request.urlopen(request, timeout=timeout_seconds) as response:
                    return response.read()
            except urllib.error.HTTPError as error:
                if error.code < 500 and error.code not in (408, 429):
                    raise self._refusal(error) from None
                if pause is None:
                    raise
            except CONNECTION_FAULTS:
                if pause is None:
                    raise
            time.sleep(pause)

    def _refusal(self, error):
        try:
            problem = json.loads(error.read())
        except ValueError:
            problem = {}
        if str(problem.get("type")).endswith("/stale-attempt"):
            self.stop("stale")
            return Stopped("stale")
        if error.code == 401:
            self.stop("unauthenticated")
        return Refused(problem.get("detail", f"status {error.code}"))


def encode(value):
    return json.dumps(value).encode()


def text_of(error):
    """Returns the text of an error, even if its `__str__` raises; U+FFFD replaces characters that have no UTF-8."""
    try:
        text = str(error)
    except Exception:
        text = f"The service raised {type(error).__name__}, which has no text."
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def run(work, heartbeat_seconds=None):
    """Runs `work(parameters, attempt)`, reports its outcome, and returns the exit status.

    0: the result was accepted, or the attempt had already ended; 1: it failed, or its token was refused; 143: it was
    stopped. After SIGTERM only a result is reported, because AWS Batch reports the reason itself.
    """
    attempt = Attempt()
    attempt.stop_on_signal(signal.SIGTERM)
    try:
        result = work_on(attempt, work, heartbeat_seconds)
        if attempt.stop_cause in ("abort", "stale"):
            raise Stopped(attempt.stop_cause)
        attempt.complete(result)
        return 0
    except BaseException as error:
        # Includes `SystemExit`, which is no `Exception`: when the process ends, the attempt ends.
        return end_badly(attempt, error)
    finally:
        attempt.close()


def work_on(attempt, work, heartbeat_seconds):
    try:
        attempt.begin()
        attempt.start_reporting(heartbeat_seconds or attempt.heartbeat_seconds)
        result = work(attempt.parameters(), attempt)
        attempt.flush()
        return result
    finally:
        attempt.stop_heartbeats()


def end_badly(attempt, error):
    if attempt.stop_cause is not None:
        # With 0, an attempt with an invalid token would count as completed.
        return {"stale": 0, "unauthenticated": 1}.get(attempt.stop_cause, 143)
    try:
        print(f"{type(error).__name__}: {text_of(error)}", flush=True)
        attempt.flush()
        attempt.fail(error)
    except Stopped:
        return 1 if attempt.stop_cause == "unauthenticated" else 0
    except Exception as fault:
        print(f"the failure was not reported: {text_of(fault)}", flush=True)
    return 1
