"""Runs a Python handler with the Lambda Runtime API: python runtime_client.py <module>.<function>

AWS's own client, the package awslambdaric, is used where this interpreter can import it. Otherwise this file takes its
place: plain Python 3.9 or later, with the same results, error types and messages.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://github.com/aws/aws-lambda-python-runtime-interface-client
"""

import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = "/2018-06-01/runtime"
# Newer runtimes write characters as they are; the size of a response depends on it.
ESCAPED = {"AWS_Lambda_python3." + minor for minor in ("9", "10", "11")}


class Fault(Exception):
    """An error that Lambda's runtime names itself, such as Runtime.HandlerNotFound."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = list(trace)


class Attributes:
    """An object of the client context or identity; members that were not sent are None."""

    def __init__(self, names, values):
        for name in names:
            setattr(self, name, values.get(name))


class LambdaContext:
    """The second argument of a handler. https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.client_context = None
        self.identity = Attributes(("cognito_identity_id", "cognito_identity_pool_id"), {})
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class RuntimeApi:
    """The calls of one process; the connection stays open between them."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)

    def next(self):
        return self._call("GET", "/invocation/next", None, {}, 200)

    def respond(self, request_id, body, content_type):
        # A response that is too large is refused with 413; the runtime has reported it to the caller.
        path = "/invocation/%s/response" % request_id
        self._call("POST", path, body, {"Content-Type": content_type}, 202, 413)

    def fail(self, path, report):
        headers = {
            "Content-Type": "application/vnd.aws.lambda.error+json",
            "Lambda-Runtime-Function-Error-Type": report["errorType"].encode("ascii", "replace").decode(),
        }
        self._call("POST", path, to_json(report).encode("utf-8", "replace"), headers, 202)

    def _call(self, method, path, body, headers, *expected):
        self.connection.request(method, API + path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in expected:
            raise RuntimeError("The Runtime API answered %s with %d: %r" % (path, response.status, content))
        return response.headers, content


class RequestIdFilter(logging.Filter):
    """Adds the id of the current request to log records."""

    request_id = ""

    def filter(self, record):
        record.aws_request_id = RequestIdFilter.request_id
        return True


def encode_other(value):
    """Numbers of DynamoDB are decimals."""
    if isinstance(value, decimal.Decimal):
        is_integer = value.is_finite() and value == value.to_integral_value()
        return int(value) if is_integer else float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def to_json(value):
    escaped = os.environ.get("AWS_EXECUTION_ENV") in ESCAPED
    return json.dumps(value, default=encode_other, ensure_ascii=escaped)


def load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        message = "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name
        raise Fault("Runtime.MalformedHandlerName", message)
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = "Cannot use built-in module %s as a handler module" % module_name
        raise Fault("Runtime.BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = "Unable to import module '%s': %s" % (module_name, error)
        raise Fault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        message = "Syntax error in module '%s': %s" % (module_name, error)
        raise Fault("Runtime.UserCodeSyntaxError", message, trace) from error
    if not hasattr(module, function_name):
        message = "Handler '%s' missing on module '%s'" % (function_name, module_name)
        raise Fault("Runtime.HandlerNotFound", message)
    return getattr(module, function_name)


def report_of(error, request_id=""):
    """The payload of an error, with the frames of the function only."""
    if isinstance(error, Fault):
        error_type, message, trace = error.error_type, error.message, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename != __file__]
        error_type, message, trace = type(error).__name__, str(error), traceback.format_list(own)
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def log_report(report):
    lines = ["[ERROR] %s: %s" % (report["errorType"], report["errorMessage"])]
    if report["stackTrace"]:
        lines += ["Traceback (most recent call last):"] + [line.rstrip("\n") for line in report["stackTrace"]]
    print("\n".join(lines), flush=True)


def encode_response(value):
    if isinstance(value, bytes):
        return value, "application/unknown"
    try:
        return to_json(value).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error) from error


def set_up_logging():
    logging.Formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(handler)


def serve(api, handler):
    """Runs one invocation. Only Exception is caught: SystemExit ends the process, as in AWS's client."""
    headers, body = api.next()
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    RequestIdFilter.request_id = request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    try:
        response, content_type = encode_response(handler(json.loads(body), LambdaContext(headers)))
    except Exception as error:
        report = report_of(error, request_id)
        log_report(report)
        api.fail("/invocation/%s/error" % request_id, report)
    else:
        api.respond(request_id, response, content_type)


def run(handler_name):
    set_up_logging()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load_handler(handler_name)
    except Exception as error:
        report = report_of(error)
        log_report(report)
        api.fail("/init/error", report)
        sys.exit(1)
    while True:
        serve(api, handler)


def main():
    # The folder of this file would otherwise come first.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    try:
        import runtime_client  # noqa: F401 - the native part of awslambdaric, which may be built for another machine
        from awslambdaric.__main__ import main as run_aws_client
    except ImportError:
        run(sys.argv[1])
    else:
        run_aws_client(sys.argv)


if __name__ == "__main__":
    main()
