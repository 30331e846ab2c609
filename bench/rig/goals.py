"""What the gateway has to reach, and whether it did: every row a figure, its bound, and the one it is measured by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import StatisticsError

from . import summary

OURS = "tinygateway"
Summary = dict[str, dict[str, dict]]


@dataclass(frozen=True)
class Goal:
    title: str
    bound: str
    figure: Callable[[Summary], tuple[float, str]]  # the number that is compared, and how it is shown
    most: float | None = None
    least: float | None = None

    def judge(self, found: Summary) -> dict:
        row = {"goal": self.title, "bound": self.bound}
        try:
            value, shown = self.figure(found)
        except (KeyError, TypeError, StatisticsError):
            return row | {"shown": "not measured", "passed": None}
        passed = (self.most is None or value <= self.most) and (self.least is None or value >= self.least)
        return row | {"value": value, "shown": shown, "passed": passed}


def of(summary: Summary, case: str, peer: str, figure: str) -> float:
    return summary[case][peer][figure]["median"]


def ratio(case: str, figure: str, peer: str, unit: str, digits: int = 1) -> Callable[[Summary], tuple[float, str]]:
    def look(s: Summary) -> tuple[float, str]:
        ours, theirs = of(s, case, OURS, figure), of(s, case, peer, figure)
        value = summary.ratio(s[case][OURS][figure], s[case][peer][figure])
        return value, f"{value:.2f}x ({ours:,.{digits}f} to {theirs:,.{digits}f} {unit})"

    return look


def best(case: str, figure: str, unit: str) -> Callable[[Summary], tuple[float, str]]:
    """Beside whichever of the proxies is best."""

    def look(s: Summary) -> tuple[float, str]:
        others = {peer: row[figure]["median"] for peer, row in s[case].items() if peer not in ("direct", "relay", OURS)}
        name = min(others, key=others.__getitem__)
        return ratio(case, figure, name, f"{unit}, {name}")(s)

    return look


def plain(
    case: str, figure: str, unit: str, scale: float = 1, digits: int = 2
) -> Callable[[Summary], tuple[float, str]]:
    def look(s: Summary) -> tuple[float, str]:
        value = of(s, case, OURS, figure) / scale
        return value, f"{value:,.{digits}f} {unit}"

    return look


def inverse(case: str, figure: str, peer: str, unit: str) -> Callable[[Summary], tuple[float, str]]:
    def look(s: Summary) -> tuple[float, str]:
        ours, theirs = of(s, case, OURS, figure), of(s, case, peer, figure)
        return theirs / ours, f"{theirs / ours:,.0f}x ({ours:,.0f} to {theirs:,.0f} {unit})"

    return look


def delay(case: str, name: str, peer: str) -> Callable[[Summary], tuple[float, str]]:
    def look(s: Summary) -> tuple[float, str]:
        ours, theirs = of(s, case, OURS, f"added_{name}_us"), of(s, case, peer, f"added_{name}_us")
        return ours - theirs, f"{ours:,.0f} to {theirs:,.0f} us"

    return look


def goals() -> list[Goal]:
    rows: list[Goal] = []
    for case, title in (("live-1000", "1,000 live streams"), ("live-5000", "5,000 live streams")):
        rows.append(
            Goal(f"CPU per event, {title}, beside the relay", "<= 1.2x", ratio(case, "cpu_us", "relay", "us"), 1.2)
        )
        for peer in ("nginx", "haproxy"):
            rows.append(
                Goal(f"CPU per event, {title}, beside {peer}", "<= 0.85x", ratio(case, "cpu_us", peer, "us"), 0.85)
            )
    rows += [
        Goal("memory per live stream (1,000)", "<= 1.5 KB", plain("live-1000", "stream_kb", "KB"), 1.5),
        Goal("memory per live stream (5,000)", "<= 1.5 KB", plain("live-5000", "stream_kb", "KB"), 1.5),
        Goal("memory with 5,000 live streams", "<= 16 MB", plain("live-5000", "pss_live_kb", "MB", 1024, 1), 16),
        Goal("idle memory", "<= 1 MB", plain("idle", "pss_idle_kb", "KB", 1, 0), 1024),
    ]
    for case, title in (("live-50", "50"), ("live-1000", "1,000")):
        for name in ("p50", "p99"):
            for peer in ("nginx", "haproxy"):
                title_of = f"added delay {name}, {title} streams, beside {peer}"
                rows.append(Goal(title_of, "at or below", delay(case, name, peer), 0))
    rows += [
        Goal("CPU per short request, kept connection", "<= nginx", ratio("short-kept", "cpu_us", "nginx", "us"), 1),
        Goal("CPU per short request, new connection", "<= nginx", ratio("short-new", "cpu_us", "nginx", "us"), 1),
        Goal("CPU per MB of 500 KB bodies", "<= haproxy", ratio("body-500k", "cpu_us", "haproxy", "us"), 1),
        Goal("flood, one stream, CPU per MB", "<= 1.2x the best", best("flood-1", "cpu_us", "us"), 1.2),
        Goal("flood, 64 streams, CPU per MB", "<= 1.2x the best", best("flood-64", "cpu_us", "us"), 1.2),
        Goal("rate of durable requests to that in memory", ">= 0.9", durable_share, None, 0.9),
        Goal(
            "durable entries a second, ledger alone",
            ">= 50,000",
            plain("ledger", "rate", "a second", 1, 0),
            None,
            50000,
        ),
        Goal("cold start to the first answer", "<= 10 ms", plain("cold-start", "start_ms", "ms"), 10),
        Goal("cold start, 5 million entries", "<= 60 ms", plain("cold-start-big", "start_ms", "ms"), 60),
        Goal(
            "CPU per request beside LiteLLM", ">= 100x less", inverse("assistant", "cpu_us", "litellm", "us"), None, 100
        ),
        Goal("idle memory beside LiteLLM", ">= 50x less", inverse("idle", "pss_idle_kb", "litellm", "KB"), None, 50),
    ]
    for case, title in (("tls-down", "TLS to the client"), ("tls-up", "TLS to the upstream")):
        rows.append(Goal(f"{title}, CPU per event", "<= nginx", ratio(case, "cpu_us", "nginx", "us"), 1))
        rows.append(Goal(f"{title}, memory per stream", "<= nginx", ratio(case, "stream_kb", "nginx", "KB"), 1))
    return rows


def durable_share(s: Summary) -> tuple[float, str]:
    durable, memory = of(s, "durable-256", OURS, "rate"), of(s, "durable-256", f"{OURS}-memory", "rate")
    value = summary.ratio(s["durable-256"][OURS]["rate"], s["durable-256"][f"{OURS}-memory"]["rate"])
    return value, f"{value:.2f} ({durable:,.0f} to {memory:,.0f} a second)"


def judge(found: Summary) -> list[dict]:
    return [goal.judge(found) for goal in goals()]
