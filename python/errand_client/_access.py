"""Where the service is, and how a request authenticates."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from inspect import isawaitable
from pathlib import Path
from typing import Any

from .errors import ConfigurationError

GetToken = Callable[[], "str | Awaitable[str]"]
_no_service = (
    "No service is configured: pass url and api_key, set ERRAND_URL and ERRAND_API_KEY, "
    "save a profile with `errand login`, or start a local service with `errand dev`"
)


@dataclass(frozen=True)
class Access:
    url: str
    api_key: str | None
    get_token: GetToken | None

    async def headers(self) -> dict[str, str]:
        if self.get_token is None:
            return {"x-api-key": self.api_key or ""}
        token = self.get_token()
        return {"authorization": f"Bearer {await token if isawaitable(token) else token}"}


def find_access(
    url: str | None, api_key: str | None, token: str | None, get_token: GetToken | None, profile: str | None
) -> Access:
    """
    Without `url` and `profile`, uses the first of these that exists: `ERRAND_URL` with `ERRAND_API_KEY`, the profile
    `ERRAND_PROFILE`, the profile `default`, the service that runs on this machine with the nearest folder `.errand`.
    """
    saved = {"url": url, "apiKey": os.environ.get("ERRAND_API_KEY")} if url else _find_saved(profile)
    found = str(saved["url"]).rstrip("/")
    if not found.startswith(("https://", "http://")):
        raise ConfigurationError(f"The URL of the service must start with https:// or http://, not {found}")
    if token is not None and get_token is None:
        get_token = lambda: token  # noqa: E731
    key = api_key or saved.get("apiKey")
    if key is None and get_token is None:
        raise ConfigurationError("There is no API key: pass api_key, token or get_token, or set ERRAND_API_KEY")
    return Access(found, key, get_token)


def _find_saved(profile: str | None) -> dict[str, Any]:
    if profile is None and os.environ.get("ERRAND_URL"):
        return {"url": os.environ["ERRAND_URL"], "apiKey": os.environ.get("ERRAND_API_KEY")}
    file = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "errand" / "profiles.json"
    profiles = _read_json(file).get("profiles", {})
    named = profile or os.environ.get("ERRAND_PROFILE")
    if named:
        if named not in profiles:
            known = ", ".join(profiles) or "none"
            raise ConfigurationError(
                f"There is no profile {named} in {file}; it has {known}. Save one with `errand login`"
            )
        return dict(profiles[named])
    if "default" in profiles:
        return dict(profiles["default"])
    for folder in _data_folders():
        if control := _read_json(folder / "control.json"):
            key = os.environ.get("ERRAND_API_KEY") or (folder / "api-key").read_text().strip()
            return {"url": control["apiUrl"], "apiKey": key}
    raise ConfigurationError(_no_service)


def _data_folders() -> Iterator[Path]:
    if named := os.environ.get("ERRAND_DATA_DIR"):
        yield Path(named)
        return
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield folder / ".errand"


def _read_json(file: Path) -> dict[str, Any]:
    """Returns an empty object if the file does not exist."""
    try:
        return dict(json.loads(file.read_text()))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ConfigurationError(f"{file} is not a JSON object: {error}") from error
