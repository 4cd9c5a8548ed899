"""
Calls AWS for the checks, by boto3: reads `[id, service, operation, parameters]` as a line of JSON and writes `[id, response]` or
`[id, null, message]`. Ends with its input.
"""
import concurrent.futures
import json
import sys
import threading

import boto3
from botocore import xform_name

clients, lock = {}, threading.Lock()


def call(service, operation, parameters):
    with lock:
        if service not in clients:
            clients[service] = boto3.client(service)
    response = getattr(clients[service], xform_name(operation))(**parameters)
    response.pop("ResponseMetadata", None)
    return response


def serve(line):
    request_id, *request = json.loads(line)
    try:
        said = [request_id, call(*request)]
    except Exception as error:
        said = [request_id, None, f"{request[1]}: {error}"]
    with lock:
        print(json.dumps(said, default=str), flush=True)


with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for each in sys.stdin:
        pool.submit(serve, each)
