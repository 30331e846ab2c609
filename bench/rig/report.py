"""The table, the goals, the JSON and the page that the README points at."""

from __future__ import annotations

import json
from pathlib import Path

from . import charts
from .cases import ALL, MEMORY
from .summary import ratio

OURS = "tinygateway"
COLUMNS = (  # figure, title, divisor, digits
    ("cpu_us", "CPU us", 1, 2),
    ("rate", "a second", 1, 0),
    ("added_p50_us", "added p50 us", 1, 0),
    ("added_p99_us", "added p99 us", 1, 0),
    ("stream_kb", "KB a stream", 1, 2),
    ("pss_idle_kb", "idle PSS KB", 1, 0),
    ("pss_live_kb", "live PSS KB", 1, 0),
    ("start_ms", "start ms", 1, 2),
    ("size_bytes", "size MB", 1e6, 2),
)
TITLES = {c.name: f"{c.title}; CPU per {c.unit}" for c in ALL} | {
    "idle": "before the first request",
    "cold-start": "from exec to the first whole answer",
    "cold-start-big": "the same with 5 million entries in the ledger, checkpointed",
    "ledger": "the ledger alone, 256 waiting at once",
}
# In which case a figure says something.
RATES = (
    "flood-1",
    "flood-64",
    "short-kept",
    "short-new",
    "durable-256",
    "tls-new",
    "tls-resumed",
    "body-500k",
    "assistant",
)


def shown(spread: dict, divisor: float, digits: int) -> str:
    least, middle, most = (f"{spread[k] / divisor:,.{digits}f}" for k in ("min", "median", "max"))
    return middle if least == most else f"{middle} [{least}, {most}]"


def is_telling(case: str, figure: str) -> bool:
    if figure == "rate":
        return case in RATES or case == "ledger"
    if figure in ("stream_kb", "pss_live_kb"):
        return case in MEMORY
    if figure == "cpu_us":
        return case != "slow-reader"
    return figure != "pss_idle_kb" or case == "idle"


def beside(theirs: dict, ours: dict) -> float:
    """By rounds where both have them."""
    if set(theirs.get("rounds", ())) & set(ours.get("rounds", ())):
        return ratio(theirs, ours)
    return theirs["median"] / ours["median"]


def rows(summary: dict) -> list[dict]:
    """One for each case and peer: the figures as text, and CPU (else the first figure) beside ours."""
    found = []
    for case, peers in summary.items():
        for peer, figures in peers.items():
            row = {"case": case, "peer": peer}
            for figure, title, divisor, digits in COLUMNS:
                if figure in figures and is_telling(case, figure):
                    row[title] = shown(figures[figure], divisor, digits)
            main = next(
                (f for f, *_ in COLUMNS if f in figures and f in peers.get(OURS, {}) and is_telling(case, f)), None
            )
            if main and peers[OURS][main]["median"]:
                row["to ours"] = f"{beside(figures[main], peers[OURS][main]):.2f}x"
            if len(row) > 2:
                found.append(row)
    return found


def table(result: dict) -> str:
    lines = []
    current = None
    for row in rows(result["summary"]):
        if row["case"] != current:
            current = row["case"]
            lines += ["", f"{current}: {TITLES.get(current, '')}"]
        rest = "   ".join(f"{key} {value}" for key, value in row.items() if key not in ("case", "peer"))
        lines.append(f"  {row['peer']:19} {rest}")
    lines += ["", "Goals"]
    for goal in result["goals"]:
        mark = {True: "pass", False: "MISS", None: "  - "}[goal["passed"]]
        lines.append(f"  {mark}  {goal['goal']} {goal['bound']}: {goal['shown']}")
    for fault in result["faults"]:
        lines.append(f"  not measured: {fault['case']} {fault['peer']}: {fault['why'][:200]}")
    return "\n".join(lines)


def page(result: dict) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    load = f"{machine['loadavg_before'][0]:.1f} before, {machine['loadavg_after'][0]:.1f} after"
    first = "; what was measured went before what else ran there" if machine["goes_first"] else ""
    lines = [
        "# What it costs",
        "",
        f"Commit {machine['commit']}, {machine['when']}. {machine['cpus']} CPUs ({machine['cpu']}),",
        f"Linux {machine['kernel']}; load average {load}{first}. {versions}.",
        "Made by `make bench`; how, stands in [the bench's README](../README.md). CPU is the proxy's own, all its processes",
        "and threads, from schedstat. Median [least, most].",
        "",
    ]
    for picture, title in charts.PICTURES:
        lines.append(f"![{title}]({picture}.svg)")
    lines += ["", "## Goals", "", "| | goal | measured | |", "|---|---|---|---|"]
    for goal in result["goals"]:
        mark = {True: "reached", False: "**missed**", None: "not measured"}[goal["passed"]]
        lines.append(f"| {goal['goal']} | {goal['bound']} | {goal['shown']} | {mark} |")
    by_case: dict[str, list[dict]] = {}
    for row in rows(result["summary"]):
        by_case.setdefault(row["case"], []).append(row)
    lines += ["", "## Cases"]
    for case, found in by_case.items():
        titles = [t for _, t, *_ in COLUMNS if any(t in row for row in found)] + ["to ours"]
        lines += ["", f"`{case}`: {TITLES.get(case, '')}", "", "| | " + " | ".join(titles) + " |"]
        lines.append("|---" * (len(titles) + 1) + "|")
        lines += ["| " + " | ".join([row["peer"], *(row.get(t, "") for t in titles)]) + " |" for row in found]
    return "\n".join(lines) + "\n"


def write(out: Path, result: dict) -> None:
    (out / "bench.json").write_text(compact(result))
    (out / "bench.md").write_text(page({key: value for key, value in result.items() if key != "samples"}))
    for name, picture in charts.draw(result["summary"]).items():
        (out / f"{name}.svg").write_text(picture)


def compact(result: dict) -> str:
    """JSON with a line for each sample, so that two runs can be compared by diff."""
    lines = [
        f" {json.dumps(key)}: {json.dumps(result[key], indent=2)}" for key in ("machine", "goals", "summary", "faults")
    ]
    samples = ",\n".join("  " + json.dumps(sample) for sample in result["samples"])
    return "{\n" + ",\n".join(lines) + ',\n "samples": [\n' + samples + "\n ]\n}\n"
