"""haproxy: one thread, no log, connections to the upstream shared by all requests."""

from __future__ import annotations

from .base import Peer, Place, executable_size, find, first_line

CONFIGURATION = """
global
  nbthread 1
  maxconn 9000
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  no log
  option http-keep-alive
  option http-no-delay
  timeout connect 10s
  timeout client 300s
  timeout server 300s
  timeout http-keep-alive 300s
frontend f
  bind 127.0.0.1:{port} backlog 4096 {down}
  default_backend b
backend b
  http-reuse always
  server s 127.0.0.1:{upstream} {up} pool-max-conn 10000 pool-purge-delay 60s
"""


class HAProxy(Peer):
    name = "haproxy"
    speaks_tls = True

    def missing(self) -> str | None:
        return None if find("haproxy") else "not installed (apt-get install haproxy)"

    def version(self) -> str:
        return first_line(find("haproxy"), "-v").split()[2].partition("-")[0]

    def prepare(self, place: Place) -> None:
        down = f"ssl crt {place.down.both}" if place.down else ""
        up = (
            f"ssl verify required ca-file {place.up.authority} sni str(localhost) verifyhost localhost"
            if place.up
            else ""
        )
        text = CONFIGURATION.format(port=place.port, upstream=place.upstream, down=down, up=up)
        (place.directory / "haproxy.cfg").write_text(text)

    def command(self, place: Place) -> list[object]:
        return [find("haproxy"), "-db", "-f", place.directory / "haproxy.cfg"]

    def size_bytes(self) -> int:
        return executable_size(find("haproxy"))
