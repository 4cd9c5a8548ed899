"""Counts the words of a text in steps; parameters and result are those of service-batch.json."""

import os
import re
import sys
from collections import Counter

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
    commonest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: parameters.get("top", 10)]
    return {
        "words": len(words),
        "distinct": len(counts),
        "longest": min(counts, key=lambda word: (-len(word), word), default=""),
        "commonest": [{"word": word, "count": count} for word, count in commonest],
    }


if __name__ == "__main__":
    sys.exit(run(count_words, float(os.environ.get("HEARTBEAT_SECONDS", "0")) or None))
