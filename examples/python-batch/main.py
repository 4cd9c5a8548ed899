"""Counts the words of a text and of documents; parameters, slots and result are those of service-batch.json."""

import codecs
import csv
import io
import os
import re
import sys
from collections import Counter

import data
from attempt import Failure, run

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def count_words(parameters, attempt):
    words = [word.lower() for word in WORD.findall(parameters["text"])]
    if not words and parameters["text"].strip():
        raise Failure("The text has no words.", type="no-words")
    steps = parameters.get("steps", 10)
    counts = Counter()
    for step in range(steps):
        attempt.check()
        counts.update(words[len(words) * step // steps : len(words) * (step + 1) // steps])
        attempt.progress(
            steps_total=steps,
            steps_completed=step + 1,
            message=f"{counts.total()} of {len(words)} words",
        )
        attempt.sleep(parameters.get("pause_seconds", 0))
    documents = data.inputs(attempt, "documents")
    for document in documents:
        for line in lines_of(data.read(attempt, "documents", document)):
            counts.update(word.lower() for word in WORD.findall(line))
    commonest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if documents:
        data.write(attempt, "counts", "counts.csv", table_of(commonest), "text/csv")
    return {
        "words": counts.total(),
        "distinct": len(counts),
        "longest": min(counts, key=lambda word: (-len(word), word), default=""),
        "commonest": [{"word": word, "count": count} for word, count in commonest[: parameters.get("top", 10)]],
    }


def lines_of(chunks):
    """Decodes UTF-8 and splits it into lines; memory holds one line and one chunk."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for chunk in chunks:
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from lines
    yield rest + decoder.decode(b"", final=True)


def table_of(counts):
    """Yields a CSV table as bytes, a row at a time."""
    for row in (("word", "count"), *counts):
        text = io.StringIO()
        csv.writer(text).writerow(row)
        yield text.getvalue().encode()


if __name__ == "__main__":
    sys.exit(run(count_words, float(os.environ.get("HEARTBEAT_SECONDS", "0")) or None))
