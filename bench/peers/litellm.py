"""LiteLLM's proxy: what most people would take as a gateway. One worker, one key, nothing logged, no database."""

from __future__ import annotations

from .base import VENV, Peer, Place, find, first_line

KEY = "sk-bench-master"
CONFIGURATION = """
model_list:
  - model_name: gpt-5.4-mini
    litellm_params: {{model: openai/gpt-5.4-mini, api_base: "http://127.0.0.1:{upstream}/v1", api_key: sk-bench}}
litellm_settings: {{telemetry: false, set_verbose: false}}
general_settings: {{master_key: {key}, disable_spend_logs: true}}
"""


class LiteLLM(Peer):
    name = "litellm"
    is_rewriting = True

    def missing(self) -> str | None:
        return None if find("litellm") else "not installed (pip install 'litellm[proxy]')"

    def version(self) -> str:
        return first_line(VENV / "bin" / "python", "-c", "import importlib.metadata as m; print(m.version('litellm'))")

    def prepare(self, place: Place) -> None:
        (place.directory / "litellm.yaml").write_text(CONFIGURATION.format(upstream=place.upstream, key=KEY))

    def command(self, place: Place) -> list[object]:
        where = ["--host", "127.0.0.1", "--port", place.port, "--num_workers", 1]
        return [find("litellm"), "--config", place.directory / "litellm.yaml", *where]

    def environment(self) -> dict[str, str]:
        return {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"}

    def fields(self) -> list[str]:
        return [f"authorization: Bearer {KEY}"]

    def size_bytes(self) -> int:
        """Its packages, without the two other programs that live in the same environment."""
        files = (
            path for path in VENV.glob("lib/python3*/site-packages/**/*") if path.is_file() and not path.is_symlink()
        )
        return sum(
            path.stat().st_size for path in files if not any(n in str(path) for n in ("envoy", "caddy", "/pip/"))
        )
