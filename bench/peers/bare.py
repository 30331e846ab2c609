"""No proxy at all, and the floor: a relay that moves bytes and knows nothing."""

from __future__ import annotations

from rig.machine import TOOLS

from .base import Peer, Place


class Direct(Peer):
    name = "direct"
    is_process = False


class BareRelay(Peer):
    name = "relay"

    def command(self, place: Place) -> list[object]:
        return [TOOLS / "relay", "--listen", place.port, "--upstream", place.upstream]

    def size_bytes(self) -> int:
        return (TOOLS / "relay").stat().st_size
