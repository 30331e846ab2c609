"""Samples to figures: median, least and most; delays less those of the same round without a proxy."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

FIGURES = ("cpu_us", "rate", "stream_kb", "pss_idle_kb", "pss_live_kb", "peak_rss_kb", "wait_share", "size_bytes")


def spread(values: list[float]) -> dict:
    return {"median": median(values), "min": min(values), "max": max(values), "n": len(values)}


def ratio(ours: dict, theirs: dict) -> float:
    """The median of each round's own ratio: what disturbs a round disturbs both."""
    shared = [r for r in ours["rounds"] if theirs["rounds"].get(r)]
    return median(ours["rounds"][r] / theirs["rounds"][r] for r in shared)


def added_delay(samples: list[dict]) -> None:
    """Writes `added_p50_us` and `added_p99_us` into the samples that have a baseline."""
    direct = {(s["case"], s["round"]): s["delay_us"] for s in samples if s["peer"] == "direct"}
    for sample in samples:
        base = direct.get((sample["case"], sample["round"]))
        if not base or not base.get("count") or sample["peer"] == "direct" or not sample["delay_us"].get("count"):
            continue
        for name in ("p50", "p99"):
            sample[f"added_{name}_us"] = sample["delay_us"][name] - base[name]


def summarise(samples: list[dict]) -> dict[str, dict[str, dict]]:
    """case -> peer -> figure -> its spread."""
    added_delay(samples)
    grouped: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        grouped[sample["case"]][sample["peer"]].append(sample)
    result: dict[str, dict[str, dict]] = {}
    for case, peers in grouped.items():
        result[case] = {}
        for peer, rows in peers.items():
            found = {}
            for figure in (*FIGURES, "added_p50_us", "added_p99_us"):
                rounds = {row["round"]: row[figure] for row in rows if row.get(figure) is not None}
                if rounds:
                    found[figure] = spread(list(rounds.values())) | {"rounds": rounds}
            starts = [ms for row in rows for ms in row.get("start_ms", [])]
            if starts:
                found["start_ms"] = spread(starts)
            result[case][peer] = found
    return result
