"""What is compared, each configured as someone who knows it would configure it for event streams."""

from __future__ import annotations

from .bare import BareRelay, Direct
from .base import Peer, Place
from .caddy import Caddy
from .envoy import Envoy
from .haproxy import HAProxy
from .litellm import LiteLLM
from .nginx import Nginx
from .tinygateway import TinyGateway

__all__ = ["ALL", "Peer", "Place", "TinyGateway"]

OURS = "tinygateway"
MEMORY = "tinygateway-memory"


def ALL(binary) -> list[Peer]:
    """In the order of every table."""
    return [
        Direct(),
        BareRelay(),
        TinyGateway(OURS, binary),
        TinyGateway(MEMORY, binary, is_in_memory=True),
        Nginx(),
        HAProxy(),
        Envoy(),
        Caddy(),
        LiteLLM(),
    ]
