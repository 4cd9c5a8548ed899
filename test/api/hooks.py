"""What a schema cannot say about the requests of this API."""
import schemathesis
from schemathesis import GenerationMode

CONDITIONS = ("If-Match", "If-None-Match")

# JSON that has no schema, such as metadata, may hold any number; one that JavaScript would write back otherwise is refused.
LARGEST_INTEGER = 2**53 - 1


@schemathesis.hook
def before_call(context, case, **_):
    """Mends what is meant to be a valid request, and leaves those that are meant to be invalid."""
    meta = case.meta
    if meta is not None and not meta.generation.mode.is_positive:
        return
    # A cursor is what an earlier page gave: any other text has the form of one and is refused with `bad-cursor`.
    if isinstance(case.query, dict):
        case.query.pop("cursor", None)
        # So is the position of the event log, except for `now`.
        if case.query.get("after") != "now":
            case.query.pop("after", None)
    exact = with_exact_integers(case.body)
    if exact != case.body:
        case.body = exact
    # Where it tries limits, Schemathesis 4.32.5 gives these headers the value 0, whatever their pattern says.
    for name in CONDITIONS:
        if case.headers and case.headers.get(name) == "0":
            case.headers[name] = '"0"'
    # Schemathesis judges a changed case anew by how each part was drawn, and takes a valid request for an invalid one where it
    # had put a known id in the place of the value that it had made invalid. Reading `meta` lets it judge; the mode was right.
    if case.meta is not None:
        case.meta.generation.mode = GenerationMode.POSITIVE


def with_exact_integers(value):
    """The value with smaller integers in the place of those that a double may not represent."""
    if isinstance(value, dict):
        return {name: with_exact_integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_exact_integers(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_INTEGER:
        return value % LARGEST_INTEGER
    return value
