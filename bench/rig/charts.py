"""Charts as plain SVG, readable on light and on dark ground: horizontal bars, ours in colour, the number at the end."""

from __future__ import annotations

from xml.sax.saxutils import escape

OURS = "tinygateway"
NAMES = {"tinygateway": "TinyGateway", "relay": "bare relay", "litellm": "LiteLLM"}
LEFT, BAR, RIGHT, ROW, HEAD = 110, 380, 120, 22, 44
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f; } .t { font-weight: 600; font-size: 14px; }
  .n { fill: #57606a; font-size: 12px; } .b { fill: #afb8c1; } .o { fill: #1f6feb; } .f { fill: #8c959f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .n { fill: #9198a1; } .b { fill: #484f58; } .o { fill: #58a6ff; } .f { fill: #6e7681; }
  }
"""
PICTURES = [
    ("cpu", "CPU per event, 1,000 live streams"),
    ("memory", "memory per live stream"),
    ("delay", "added delay, 1,000 live streams"),
    ("start", "cold start to the first answer"),
    ("size", "size on disk"),
]


def bars(title: str, note: str, values: dict[str, float], digits: int, unit: str) -> str:
    """The bare relay first, as the floor; then least to most."""
    order = sorted(values, key=lambda name: (name != "relay", values[name]))
    most = max(values.values()) or 1
    height = HEAD + ROW * len(order) + 8
    width = LEFT + BAR + RIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
        + f'viewBox="0 0 {width} {height}" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="t" x="0" y="15">{escape(title)}</text><text class="n" x="0" y="33">{escape(note)}</text>',
    ]
    for index, name in enumerate(order):
        top = HEAD + index * ROW
        length = max(2, round(max(0, values[name]) / most * BAR, 1))
        kind = "o" if name == OURS else "f" if name == "relay" else "b"
        lines.append(
            f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{escape(NAMES.get(name, name))}</text>'
            f'<rect class="{kind}" x="{LEFT}" y="{top + 3}" width="{length}" height="{ROW - 7}" rx="2"/>'
            f'<text class="n" x="{LEFT + length + 6}" y="{top + 14}">{values[name]:,.{digits}f} {escape(unit)}</text>'
        )
    return "\n".join([*lines, "</svg>", ""])


def values_of(summary: dict, case: str, figure: str, scale: float = 1) -> dict[str, float]:
    found = {}
    for peer, figures in summary.get(case, {}).items():
        if figure in figures and peer != "direct":
            found[peer] = figures[figure]["median"] / scale
    return found


def draw(summary: dict) -> dict[str, str]:
    """Each picture for which there are figures."""
    wanted = {
        "cpu": ("metering and billing in TinyGateway only", values_of(summary, "live-1000", "cpu_us"), 1, "us"),
        "memory": ("1,000 live streams, plain HTTP, PSS", values_of(summary, "live-1000", "stream_kb"), 1, "KB"),
        "delay": (
            "median, from the upstream's write to the client's read, less that without a proxy",
            values_of(summary, "live-1000", "added_p50_us"),
            0,
            "us",
        ),
        "start": (
            "from exec until the client holds a whole answer",
            values_of(summary, "cold-start", "start_ms"),
            1,
            "ms",
        ),
        "size": ("the program and its libraries, beside libc", values_of(summary, "idle", "size_bytes", 1e6), 1, "MB"),
    }
    titles = dict(PICTURES)
    return {
        name: bars(titles[name], note, values, digits, unit)
        for name, (note, values, digits, unit) in wanted.items()
        if values
    }
