"""The tests run against the service of ERRAND_URL: `npm run verify:python` starts one with the examples registered."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from errand_client import Errand

from .faulty_proxy import FaultyProxy

root = Path(os.environ.get("ERRAND_CHECKOUT", Path(__file__).parents[2]))
sys.path.insert(0, str(root / "examples" / "seeds"))


@pytest.fixture(scope="session")
def errand() -> Iterator[Errand]:
    with Errand(os.environ["ERRAND_URL"], api_key=os.environ["ERRAND_API_KEY"]) as client:
        yield client


@pytest.fixture
def proxy() -> Iterator[FaultyProxy]:
    with FaultyProxy(os.environ["ERRAND_URL"]) as running:
        yield running
