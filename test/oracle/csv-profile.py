"""Profiles a CSV file as the service csv-profile does, independently: with Python's csv and statistics, and exact fractions.

Usage: python3 test/oracle/csv-profile.py TABLE.csv > profile.json
"""

import csv
import json
import math
import re
import statistics
import sys
from collections import Counter
from datetime import datetime, timezone
from fractions import Fraction

INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def moment(text):
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=timezone.utc)


def is_date(text):
    try:
        return DATE.fullmatch(text) is not None and moment(text) is not None
    except ValueError:
        return False


def is_number(form):
    return lambda text: form.fullmatch(text) is not None and math.isfinite(float(text))


RULES = [
    ("integer", is_number(INTEGER)),
    ("number", is_number(DECIMAL)),
    ("boolean", lambda text: text.lower() in ("true", "false")),
    ("date", is_date),
]


def type_of(values):
    if not values:
        return "text"
    return next((name for name, accepts in RULES if all(map(accepts, values))), "text")


def histogram(values):
    """Counts values between exact edges, as the decimals of their notation."""
    exact = [Fraction(value) for value in values]
    low, high = min(exact), max(exact)
    if low == high:
        half = max(Fraction(1, 2), abs(low) / 2**40)
        low, high = low - half, high + half
    width = (high - low) / 12
    counts = [0] * 12
    for value in exact:
        counts[min(11, math.floor((value - low) / width))] += 1
    return {"edges": [float(low + width * i) for i in range(13)], "counts": counts}


def numeric(values):
    numbers = [float(value) for value in values]
    alone = len(numbers) == 1
    figures = {
        "min": min(numbers),
        "max": max(numbers),
        "mean": statistics.mean(numbers),
        "quartiles": numbers * 3 if alone else statistics.quantiles(numbers, n=4, method="inclusive"),
        "histogram": histogram(values),
    }
    return figures if alone else {**figures, "standardDeviation": statistics.stdev(numbers)}


def commonest(values):
    by_rank = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0].encode("utf-16-be")))
    return [{"value": value, "count": count} for value, count in by_rank[:10]]


def figures_of(kind, values):
    if kind in ("integer", "number"):
        return numeric(values)
    figures = {"commonest": commonest(values)}
    if kind == "date":
        in_order = sorted(values, key=lambda value: (moment(value), value))
        figures |= {"min": in_order[0], "max": in_order[-1]}
    return figures


def column(name, fields):
    values = [field for field in fields if field != ""]
    kind = type_of(values)
    counts = {"count": len(values), "missing": len(fields) - len(values), "distinct": len(set(values))}
    return {"name": name, "type": kind, **counts, **figures_of(kind, values)}


def profile(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file, strict=True)
    rows = [row for row in rows if row] if len(header) > 1 else [row or [""] for row in rows]
    assert all(len(row) == len(header) for row in rows), "rows of unequal length"
    return {"rows": len(rows), "columns": [column(name, [row[i] for row in rows]) for i, name in enumerate(header)]}


json.dump(profile(sys.argv[1]), sys.stdout, indent=1, allow_nan=False)
print()
