"""nginx: nothing buffered, one worker, connections to the upstream kept."""

from __future__ import annotations

from .base import Peer, Place, executable_size, find, first_line

CONFIGURATION = """
daemon off; user root; worker_processes 1; 
pid {here}/nginx.pid; error_log {here}/error.log crit;
events {{ use epoll; worker_connections 19000; multi_accept on; }}
http {{
  access_log off; tcp_nodelay on; keepalive_requests 10000000; keepalive_timeout 300s;
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
  fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  upstream stub {{ server {upstream}; keepalive 512; keepalive_requests 10000000; keepalive_timeout 300s; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096 {listen};
    {tls}
    location / {{
      proxy_pass {scheme}://stub; proxy_http_version 1.1;
      proxy_set_header connection ""; proxy_set_header host $http_host;
      proxy_buffering off; proxy_request_buffering off; proxy_cache off; client_max_body_size 0;
      proxy_read_timeout 300s; proxy_send_timeout 300s; {up}
    }}
  }}
}}
"""


class Nginx(Peer):
    name = "nginx"
    speaks_tls = True

    def missing(self) -> str | None:
        return None if find("nginx") else "not installed (apt-get install nginx)"

    def version(self) -> str:
        return first_line(find("nginx"), "-v").rpartition("/")[2]

    def prepare(self, place: Place) -> None:
        down, up = place.down, place.up
        tls = f"ssl_certificate {down.certificate}; ssl_certificate_key {down.key}; " if down else ""
        tls += "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:a:8m; ssl_buffer_size 4k;" if down else ""
        trust = f"proxy_ssl_trusted_certificate {up.authority}; proxy_ssl_verify on; " if up else ""
        trust += "proxy_ssl_name localhost; proxy_ssl_server_name on; proxy_ssl_session_reuse on;" if up else ""
        (place.directory / "nginx.conf").write_text(
            CONFIGURATION.format(
                here=place.directory,
                port=place.port,
                upstream=f"127.0.0.1:{place.upstream}",
                listen="ssl" if down else "",
                tls=tls,
                scheme="https" if up else "http",
                up=trust,
            )
        )

    def command(self, place: Place) -> list[object]:
        return [find("nginx"), "-e", place.directory / "error.log", "-c", place.directory / "nginx.conf"]

    def size_bytes(self) -> int:
        return executable_size(find("nginx"))
