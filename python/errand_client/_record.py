"""The JSON of the API in Python: names in snake case, times as `datetime`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from enum import Enum
from os import PathLike
from typing import Any


class Record(dict[str, Any]):
    """A JSON object of the API. Its members are also attributes: `record.size_bytes` is `record["sizeBytes"]`."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self.get(camel(name))
        return Record(value) if type(value) is dict else value


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def time_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def members(given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the members of a request: names in camel case, without `None`."""
    return {camel(name): to_json(value) for name, value in given.items() if value is not None}


def query_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Returns the parameters of a query: lists are comma-separated, `metadata` is an object with values or `(min, max)`."""
    flat = {name: value for name, value in given.items() if value is not None and name != "metadata"}
    for member, value in (given.get("metadata") or {}).items():
        if isinstance(value, tuple):
            flat |= {f"metadata.{member}.{end}": v for end, v in zip(("min", "max"), value) if v is not None}
        else:
            flat[f"metadata.{member}"] = value
    return {name if "." in name else camel(name): _text(value) for name, value in flat.items()}


def to_json(value: Any) -> Any:
    """Converts what a submission can contain: models of Pydantic, dataclasses, times, enumerations, and nested ones."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.metadata.get("name", field.name), getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: to_json(member) for name, member in pairs if member is not UNSET}
    if isinstance(value, Mapping):
        return {str(name): to_json(member) for name, member in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value) if isinstance(value, PathLike) else value


def parameters_of(given: Any) -> Any:
    """Returns the parameters of a submission: JSON text and files with JSON are parsed, other values converted."""
    if hasattr(given, "read"):
        given = given.read()
    return json.loads(given) if isinstance(given, (str, bytes)) else to_json(given)


def _text(value: Any) -> str:
    value = to_json(value)
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return json.dumps(value) if isinstance(value, (bool, float, int)) else str(value)


class Unset:
    """The value of a member that is not sent."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = Unset()
