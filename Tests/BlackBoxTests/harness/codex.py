"""The real Codex CLI, offline, in a home of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from .login import Login
from .processes import free_port

BINARY = Path(sysconfig.get_paths()["purelib"]) / "codex_cli_bin" / "bin" / "codex"
QUIET = [
    'web_search="disabled"',
    "check_for_update_on_startup=false",
    "analytics.enabled=false",
    "features.plugins=false",
]


@dataclass
class Turn:
    status: int
    events: list[dict]
    errors: str

    def event(self, kind: str) -> dict | None:
        return next((e for e in self.events if e.get("type") == kind), None)

    @property
    def usage(self) -> dict:
        completed = self.event("turn.completed")
        assert completed, f"no turn.completed: {self.events} {self.errors[-500:]}"
        return completed["usage"]

    @property
    def failure(self) -> str:
        failed = self.event("turn.failed")
        assert failed, f"no turn.failed: {self.events} {self.errors[-500:]}"
        return failed["error"]["message"]

    @property
    def texts(self) -> list[str]:
        items = [e["item"] for e in self.events if e.get("type") == "item.completed"]
        return [i["text"] for i in items if i.get("type") == "agent_message"]


class Codex:
    def __init__(
        self,
        directory: Path,
        block: str,
        retries: int | None = 0,
        model: str = "gpt-5.5",
        environment: dict[str, str] | None = None,
        login: Login | None = None,
    ):
        """`login` is a ChatGPT login as auth.json has it; what Codex asks of ChatGPT itself finds nobody."""
        self.environment = environment or {}
        self.home, self.codex, self.work = directory / "home", directory / "codex", directory / "work"
        for path in (self.home, self.codex, self.work):
            path.mkdir(parents=True, exist_ok=True)
        self.provider = re.search(r"^\[model_providers\.([\w-]+)\]", block, re.M).group(1)
        (self.codex / "config.toml").write_text(block)
        settings = [*QUIET, f'model="{model}"', f'model_provider="{self.provider}"']
        if login:
            login.write(self.codex)
            settings += ["features.apps=false", f'chatgpt_base_url="http://127.0.0.1:{free_port()}/backend-api/"']
        if retries is not None:
            settings += [
                f"model_providers.{self.provider}.request_max_retries={retries}",
                f"model_providers.{self.provider}.stream_max_retries={retries}",
            ]
        self.settings = [word for setting in settings for word in ("-c", setting)]

    def exec(self, *words: str, settings: list[str] = [], sandbox: str = "read-only") -> Turn:
        """`codex exec WORDS`; stdin closed, bounded in time."""
        extra = [word for setting in settings for word in ("-c", setting)]
        resume = words[:1] == ("resume",)
        options = ["--strict-config", "--json", "--skip-git-repo-check", *self.settings, *extra]
        options += [] if resume else ["--sandbox", sandbox]
        command = ["exec", "resume", *options, *words[1:]] if resume else ["exec", *options, *words]
        done = subprocess.run(
            [BINARY, *command],
            cwd=self.work,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.home),
                "CODEX_HOME": str(self.codex),
                "LANG": "C.UTF-8",
                "TERM": "dumb",
                **self.environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return Turn(done.returncode, events, done.stderr)


def block(base_url: str, **fields: str) -> str:
    """A provider block as a person would write it, for asking the stub directly."""
    lines = ["[model_providers.gw]", 'name = "Gateway"', f'base_url = "{base_url}"', 'wire_api = "responses"']
    lines += ["requires_openai_auth = false", "supports_websockets = false"]
    return "\n".join(lines) + "\n"
