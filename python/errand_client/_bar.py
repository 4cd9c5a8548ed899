"""A progress bar on the standard error of a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType


class Bar:
    """Draws nothing unless it is shown and the standard error is a terminal. The line is erased at the end."""

    def __init__(self, show: bool) -> None:
        self.is_shown = show and sys.stderr.isatty()
        self.since = time.monotonic()

    def draw(self, label: str, completion: float | None, status: str) -> None:
        if not self.is_shown:
            return
        width = min(shutil.get_terminal_size().columns, 120) - 1
        head, tail = f"{label[: width // 3]} ", f" {status} {time.monotonic() - self.since:.0f} s"
        room = min(32, width - len(head) - len(tail) - 8)
        drawn = ""
        if completion is not None and room > 4:
            done = int(completion * room)
            drawn = f"[{'#' * done}{'.' * (room - done)}] {completion:4.0%}"
        sys.stderr.write(f"\r\x1b[2K{(head + drawn + tail)[:width]}")
        sys.stderr.flush()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.is_shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
