"""The code of the guide runs as it is written, in its order."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import root


def test_the_code_of_the_guide_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", (root / "docs/guides/python.md").read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 10 and os.environ["ERRAND_URL"]
    names: dict[str, Any] = {"__name__": "guide"}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"block {number} of python.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "{'greeting': 'Hello'}" in printed and "service-failed: flaky" in printed
    assert names["result"] == {"x": 5} and len(names["batch"].jobs) == 500
