"""Finds the names that are most similar to a name."""

from rapidfuzz import fuzz, process


def handler(event, context):
    """Lambda invokes this function; the result of the job is what it returns."""
    parameters = event["parameters"]
    matches = process.extract(
        parameters["name"], parameters["candidates"], scorer=fuzz.WRatio, limit=parameters["limit"]
    )
    return [{"name": name, "score": round(score, 1)} for name, score, _ in matches]
