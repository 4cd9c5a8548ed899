"""Reads CSV texts as the service csv-profile should read them, by Python's csv in strict mode.

Takes a JSON list of texts on standard input and returns a JSON list: for each text the rows below its header with the header
itself, or null where the text is malformed.
"""

import csv
import io
import json
import sys


def table(text):
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error:
        return None
    if not rows or not rows[0]:
        return None
    header, *body = rows
    body = [row for row in body if row] if len(header) > 1 else [row or [""] for row in body]
    if len(set(header)) < len(header) or any(len(row) != len(header) for row in body):
        return None
    return {"header": header, "rows": body}


json.dump([table(text) for text in json.load(sys.stdin)], sys.stdout)
