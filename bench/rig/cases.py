"""The cases: what is asked of every peer."""

from __future__ import annotations

from dataclasses import dataclass, replace

PROXIES = ("direct", "relay", "tinygateway", "nginx", "haproxy", "envoy", "caddy")
# Asked in the first rounds only: they are far from any bound, and rounds are what the others need.
FAR = ("envoy", "caddy")
FAR_ROUNDS = 2
ANSWER_EVENTS = 24  # deltas; with the six around them a request of 30 events
USAGE = "1234/56"
# Where what a stream takes is told.
MEMORY = ("live-1000", "live-5000", "tls-down", "tls-up", "slow-reader")


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    unit: str  # what CPU is divided by: event, request, MB (of content), body MB
    streams: int
    peers: tuple[str, ...] = PROXIES
    pace_ms: int = 0  # 0: as fast as it goes
    events: int = ANSWER_EVENTS
    event_bytes: int = 110
    body_bytes: int = 0
    keep_alive: bool = True
    ramp: int = 0
    warmup_ms: int = 500
    window_ms: int = 2000
    read_rate: int = 0
    down: bool = False  # TLS on the client's side
    up: bool = False  # TLS on the upstream's side
    resume: bool = False
    repeats: int = 3

    def asked(self, round_: int) -> list[str]:
        """The peers of a round, each time beginning with another one."""
        names = [name for name in self.peers if name not in FAR or round_ < FAR_ROUNDS]
        first = round_ % len(names)
        return names[first:] + names[:first]

    @property
    def is_paced(self) -> bool:
        return self.pace_ms > 0

    @property
    def scenario(self) -> str:
        if self.is_paced:
            # Every stream outlives the window: the ramp before it, and a second for the look at the memory behind it.
            lives_ms = (self.streams * 1000 // self.ramp if self.ramp else 0) + self.warmup_ms + self.window_ms + 1000
            return f"plain;events={lives_ms // self.pace_ms};pace_ms={self.pace_ms};event_bytes=80;stamp;spread"
        return f"plain;events={self.events};event_bytes={self.event_bytes};premade"

    @property
    def most_seconds(self) -> float:
        slow = self.events * 270 / self.read_rate if self.read_rate else 0
        return 30 + slow + (self.warmup_ms + self.window_ms) / 1000

    def options(self) -> list[object]:
        """Of the load generator."""
        chosen: list[object] = ["--streams", self.streams, "--scenario", self.scenario, "--usage", USAGE]
        chosen += ["--warmup-ms", self.warmup_ms, "--window-ms", self.window_ms]
        if not self.is_paced and not self.read_rate:
            chosen += ["--requests", "any"]
        for name in ("ramp", "body_bytes", "read_rate"):
            if value := getattr(self, name):
                chosen += [f"--{name.replace('_', '-')}", value]
        for name in ("keep_alive", "resume"):
            if getattr(self, name):
                chosen += [f"--{name.replace('_', '-')}", "yes"]
        return chosen


SECURE = ("tinygateway", "nginx", "haproxy")
# Live streams over TLS.
TLS_LIVE = {"pace_ms": 50, "ramp": 400, "warmup_ms": 1000, "window_ms": 3000}
ALL = [
    Case("live-50", "50 live streams", "event", 50, pace_ms=20, window_ms=2000, repeats=7),
    Case(
        "live-1000",
        "1,000 live streams",
        "event",
        1000,
        pace_ms=50,
        ramp=2000,
        warmup_ms=500,
        window_ms=1500,
        repeats=11,
    ),
    Case(
        "live-5000",
        "5,000 live streams",
        "event",
        5000,
        pace_ms=250,
        ramp=2500,
        warmup_ms=500,
        window_ms=1500,
        repeats=7,
    ),
    Case("flood-1", "flood, one stream", "MB", 1, events=60000),
    Case("flood-64", "flood, 64 streams", "MB", 64, events=15000),
    Case("short-kept", "short requests, kept connections", "request", 64),
    Case("short-new", "short requests, a connection each", "request", 64, keep_alive=False),
    Case("body-500k", "request bodies of 500 KB", "body MB", 8, events=1, body_bytes=500_000),
    Case(
        "slow-reader",
        "64 clients that read 100 KB/s",
        "stream",
        64,
        events=1200,
        read_rate=100_000,
        window_ms=1000,
        repeats=1,
    ),
    Case("durable-256", "256 short requests at once", "request", 256, ("tinygateway", "tinygateway-memory"), repeats=5),
    Case(
        "tls-down",
        "1,000 live streams, TLS to the client",
        "event",
        1000,
        SECURE,
        **TLS_LIVE,
        down=True,
    ),
    Case(
        "tls-up",
        "1,000 live streams, TLS to the upstream",
        "event",
        1000,
        SECURE,
        **TLS_LIVE,
        up=True,
    ),
    Case("tls-new", "short requests, a TLS connection each", "request", 16, SECURE, keep_alive=False, down=True),
    Case(
        "tls-resumed",
        "the same, sessions taken up again",
        "request",
        16,
        SECURE,
        keep_alive=False,
        down=True,
        resume=True,
    ),
    Case(
        "assistant",
        "short requests beside LiteLLM",
        "request",
        4,
        ("tinygateway", "litellm"),
        body_bytes=200,
        warmup_ms=3000,
        window_ms=6000,
        repeats=1,
    ),
]


def quick(case: Case) -> Case:
    """The same question with small counts."""
    small = replace(case, warmup_ms=min(case.warmup_ms, 300), window_ms=min(case.window_ms, 800), repeats=1)
    if case.name == "assistant":
        return replace(small, warmup_ms=1500, window_ms=2500)
    if case.name == "live-5000":
        return replace(small, peers=("direct", "relay", "tinygateway", "nginx", "haproxy"))
    if case.down or case.up:
        return replace(small, streams=min(case.streams, 300), ramp=case.ramp and 300)
    return small
