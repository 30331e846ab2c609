"""One case with one peer, measured once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from peers.base import Peer, Place

from . import tools
from .cases import MEMORY, Case
from .certificates import Certificates
from .machine import TOOLS, Pins
from .process import BenchError, Precedence, Process, free_port

STARTS = 15
# A program listens before it has finished its beginning, and some give back what only that needed.
SETTLED_SECONDS = 2.5


class Bench:
    """Where the measurements happen; everything below its directory is removed at the end."""

    def __init__(self, directory: Path, pins: Pins, certificates: Certificates | None):
        self.directory, self.pins, self.certificates = directory, pins, certificates
        self.count = 0

    def _place(self, peer: Peer, upstream: int, down: bool = False, up: bool = False) -> Place:
        self.count += 1
        here = self.directory / f"{self.count}-{peer.name}"
        here.mkdir(parents=True)
        tls = self.certificates
        place = Place(here, free_port(), upstream, tls if down else None, tls if up else None)
        if peer.is_process:
            peer.prepare(place)
        return place

    def measure(self, case: Case, peer: Peer) -> dict:
        """A fresh stub, a fresh process, one window."""
        Precedence.is_real_time = case.is_paced
        default = case.scenario if peer.is_rewriting else None
        stub_directory = self.directory / f"stub-{self.count}"
        stub_directory.mkdir(parents=True)
        stub = tools.Stub(self.pins, stub_directory, self.certificates if case.up else None, default)
        process = None
        try:
            place = self._place(peer, stub.port, case.down, case.up)
            port = stub.port
            if peer.is_process:
                process = Process(peer.command(place), self.pins.proxy, place.directory / "log", peer.environment())
                process.wait_for_port(place.port)
                port = place.port
            return self._under_load(case, peer, process, port)
        finally:
            if process:
                process.stop()
            stub.stop()
            shutil.rmtree(stub_directory, ignore_errors=True)

    def _under_load(self, case: Case, peer: Peer, process: Process | None, port: int) -> dict:
        time.sleep(SETTLED_SECONDS if case.name in MEMORY else 0.2)
        idle = process.pss_kb() if process else 0
        live = {"pss": 0}

        def look() -> None:
            live["pss"] = process.pss_kb() if process else 0

        options: list[object] = ["--url", f"http://127.0.0.1:{port}/v1", *case.options()]
        for field in peer.fields():
            options += ["--field", field]
        if peer.is_rewriting:
            options += ["--rewritten", "yes"]
        for pid in process.pids if process else []:
            options += ["--watch", pid]
        authority = self.certificates.authority if case.down else None
        answer = tools.load(self.pins, options, authority, look, case.most_seconds)
        return figures(case, answer, process, idle, live["pss"])

    def idle(self, peer: Peer) -> dict:
        """Memory of a process that was never asked anything."""
        Precedence.is_real_time = False
        stub_directory = self.directory / f"stub-{self.count}"
        stub_directory.mkdir(parents=True)
        stub = tools.Stub(self.pins, stub_directory)
        process = None
        try:
            place = self._place(peer, stub.port)
            process = Process(peer.command(place), self.pins.proxy, place.directory / "log", peer.environment())
            process.wait_for_port(place.port)
            time.sleep(SETTLED_SECONDS)
            return {"pss_idle_kb": process.pss_kb(), "size_bytes": peer.size_bytes()}
        finally:
            if process:
                process.stop()
            stub.stop()

    def cold_start(self, peer: Peer, times: int = STARTS) -> dict:
        """Milliseconds from exec to the first whole answer."""
        Precedence.is_real_time = True
        stub_directory = self.directory / f"stub-{self.count}"
        stub_directory.mkdir(parents=True)
        stub = tools.Stub(self.pins, stub_directory, default="plain;events=1")
        taken = []
        try:
            place = self._place(peer, stub.port)
            request = place.directory / "request"
            request.write_bytes(one_request(peer, place.port))
            for _ in range(times):
                words = [TOOLS / "start", place.port, self.pins.proxy, request, *peer.command(place)]
                done = subprocess.run(
                    [str(word) for word in words],
                    check=False,
                    capture_output=True,
                    text=True,
                    timeout=90,
                    cwd=place.directory,
                    env={"PATH": os.environ["PATH"], "HOME": str(place.directory)} | peer.environment(),
                    preexec_fn=Precedence.claim,
                    start_new_session=True,
                )
                if done.returncode:
                    raise BenchError(f"{peer.name} did not serve: {done.stderr}")
                taken.append(json.loads(done.stdout)["served_us"] / 1000)
        finally:
            stub.stop()
        return {"start_ms": taken}


def one_request(peer: Peer, port: int) -> bytes:
    body = b'{"model":"gpt-5.4-mini","stream":true,"input":"Hi."}'
    lines = ["POST /v1/responses HTTP/1.1", f"host: 127.0.0.1:{port}", "content-type: application/json", *peer.fields()]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


def units(case: Case, window: dict) -> float:
    requests = window["complete_us"]["count"]
    return {
        "event": window["events"],
        "request": requests,
        "stream": case.streams,
        "MB": window["bytes"] / 1e6,
        "body MB": requests * case.body_bytes / 1e6,
    }[case.unit]


def figures(case: Case, answer: dict, process: Process | None, idle: int, live: int) -> dict:
    if answer["ok"] != answer["requests"] or "window" not in answer:
        raise BenchError(f"not every stream was complete and right: {json.dumps(answer)}")
    window = answer["window"]
    sample = {
        "ok": answer["ok"],
        "seconds": window["ms"] / 1000,
        "rate": units(case, window) / window["ms"] * 1000,
        "delay_us": window["delay_us"],
        "complete_us": window["complete_us"],
    }
    if process:
        sample |= {
            "cpu_us": window["cpu_ns"] / 1000 / max(units(case, window), 1e-9),
            "cpu_share": window["cpu_ns"] / 1e6 / window["ms"],
            "wait_share": window["wait_ns"] / max(window["cpu_ns"], 1),
            "pss_idle_kb": idle,
            "pss_live_kb": live,
            "stream_kb": (live - idle) / case.streams,
            "peak_rss_kb": process.peak_rss_kb(),
        }
    return sample
