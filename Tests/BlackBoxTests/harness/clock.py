"""Another time of day for one process, by libfaketime."""

from __future__ import annotations

from pathlib import Path

import pytest


def faketime(clock: str) -> dict[str, str]:
    """The environment of a process whose clock is `clock` (`+20d`, `+0 x150`).

    Not by the command `faketime`: it leaves shared memory named by its process id behind when it is killed, and fails
    when that id comes again.
    """
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if not library:
        pytest.skip("needs Debian's faketime")
    return {"LD_PRELOAD": str(library), "FAKETIME": clock}
