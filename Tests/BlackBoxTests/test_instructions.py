"""What one relayed event and one short request cost, in instructions of user space, metering included."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.processes import ROOT

INSTRUCTIONS_MAX = {"event": 1000, "request": 270_000}


@pytest.mark.long
@pytest.mark.parametrize("unit", INSTRUCTIONS_MAX)
def test_instructions(unit: str, binary: Path, tmp_path: Path) -> None:
    missing = [tool for tool in ("valgrind", "objcopy") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    done = subprocess.run(
        [ROOT / "bench" / "instructions.sh", binary, tmp_path, unit], capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    count = int(re.fullmatch(rf"instructions per {unit}: (\d+)\n", done.stdout).group(1))
    assert count <= INSTRUCTIONS_MAX[unit]
