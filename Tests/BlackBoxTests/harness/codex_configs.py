"""Codex configurations as people have them, and what an installation must do to each line.

The first column is the expectation: a space leaves the line alone, `-` comments it out, `^` moves the
statement to the top level and `+` goes on with it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    margin: str
    eol: str = "\n"
    final: bool = True
    bom: bool = False
    # Whether the real Codex accepts the result under --strict-config; not every file was one it liked.
    strict: bool = True

    @property
    def rows(self) -> list[tuple[str, bytes]]:
        lines = self.margin.split("\n")[:-1]
        return [(line[:1] or " ", line[1:].encode()) for line in lines]

    @property
    def original(self) -> bytes:
        return self._text([line for _, line in self.rows])

    @property
    def meaning(self) -> bytes:
        """What must be left of the original's meaning: moved statements first, the rest without those gone."""
        moved = [line for fate, line in self.rows if fate in "^+"]
        return self._text(moved + [line for fate, line in self.rows if fate == " "]).removeprefix(b"\xef\xbb\xbf")

    def _text(self, lines: list[bytes]) -> bytes:
        text = self.eol.encode().join(lines)
        if lines and self.final:
            text += self.eol.encode()
        return (b"\xef\xbb\xbf" if self.bom else b"") + text


_PROVIDER = """\
 [model_providers.azure]
 name = "Azure"
 base_url = "https://example.openai.azure.com/openai/v1"
 env_key = "AZURE_OPENAI_API_KEY"
 query_params = { api-version = "2025-04-01-preview" }
"""

CASES = [
    Case("empty", ""),
    Case("one comment", " # nothing here yet\n"),
    Case("only blank lines", " \n \n \n"),
    Case("first model", '-model = "gpt-5.4"\n model_reasoning_effort = "high"\n'),
    Case("no final line end", '-model_provider = "azure"\n-model = "gpt-5.4"', final=False),
    Case("no final line end, one line", '-model = "o3"\n', final=False),
    Case("no final line end in a table", " [tui]\n notifications = true\n", final=False),
    Case("old provider", '-model_provider = "azure"\n-model = "gpt-5.4"\n \n' + _PROVIDER),
    Case(
        "notify and personality",
        ' notify = ["python3", "/srv/ada/notify.py"]\n personality = "friendly"\n-model_provider = "azure"\n'
        + _PROVIDER,
    ),
    Case(
        "notify over several lines",
        ' notify = [\n   "sh", # ] not the end\n   "-c",\n   "echo model_provider = 1",\n ]\n-model_provider = "x"\n',
    ),
    Case(
        "comments everywhere",
        ' # model_provider = "kept"\n-model_provider = "azure" # was: "openai"\n'
        '   # model = "kept too"\n \n # the end\n',
    ),
    Case("indented keys", '-   model_provider   =   "azure"\n-\tmodel\t=\t"gpt-5.4"\n'),
    Case("quoted keys", '-"model_provider" = "azure"\n-\'model\' = "gpt-5.4"\n "personality" = "pragmatic"\n'),
    Case(
        "similar keys",
        ' model_reasoning_effort = "low"\n model_verbosity = "low"\n review_model = "gpt-5.4"\n-model="gpt-5.4"\n',
    ),
    Case(
        "multi-line basic string",
        ' developer_instructions = """\n model_provider = "not a key"\n model = "nor this"\n [model_providers.openai]\n'
        ' """\n-model_provider = "azure"\n' + _PROVIDER,
    ),
    Case(
        "multi-line literal string",
        " developer_instructions = '''\n model_provider = \"not a key\"\n # >>> tinygateway: not a mark\n"
        " #tinygateway# not a mark\n '''\n-model = 'gpt-5.4'\n",
    ),
    Case(
        "multi-line string with quotes at its end",
        ' developer_instructions = """say ""hello\\""" and \\\\ then "quoted"""""\n-model_provider = "azure"\n',
    ),
    Case(
        "multi-line string on one line",
        " developer_instructions = '''a # [b'''\n-model_provider = 'azure'\n [tui]\n notifications = true\n",
    ),
    Case("the provider itself in several lines", '-model_provider = """\\\n-   azure"""\n personality = "none"\n'),
    Case("hash and brackets in strings", ' notify = ["a#b", "[c", \'d]#\', "e\\"["]\n-model_provider = "azure"\n'),
    Case(
        "array of tables",
        '-model = "gpt-5.4"\n [[hooks.Stop]]\n [[hooks.Stop.hooks]]\n type = "command"\n'
        ' command = "echo model_provider"\n',
    ),
    Case(
        "two entries of an array of tables",
        ' [[skills.config]]\n path = "/a"\n enabled = false\n [[skills.config]]\n path = "/b"\n enabled = true\n',
    ),
    Case(
        "inline tables",
        '-model_provider = "azure"\n tui = { notifications = true }\n history = { persistence = "none" } # { "\n',
    ),
    Case(
        "inline table of providers",
        '-model_provider = "azure"\n-model_providers = { azure = { name = "Azure", base_url = "https://a.test/v1" } }\n'
        ' personality = "friendly"\n',
    ),
    Case(
        "provider as inline table",
        '-model_provider = "azure"\n [model_providers]\n azure = { name = "Azure", base_url = "https://a.test/v1" }\n',
    ),
    Case(
        "dotted providers",
        '-model_provider = "azure"\n model_providers.azure.name = "Azure"\n'
        ' model_providers.azure.base_url = "https://a.test/v1"\n',
    ),
    Case(
        "our provider as dotted keys",
        '-model_providers.tinygateway-codex-pay.name = "x"\n'
        '-"model_providers" . tinygateway-codex-pay . base_url = "https://a.test/v1"\n personality = "none"\n',
    ),
    Case(
        "array of providers",
        '-model = "gpt-5.4"\n-[[model_providers]]\n-name = "x"\n-base_url = "https://a.test/v1"\n [tui]\n',
    ),
    Case(
        "wire_api chat",
        '-model_provider = "openrouter"\n-[model_providers.openrouter]\n-name = "OpenRouter"\n'
        '-base_url = "https://openrouter.ai/api/v1"\n-wire_api = "chat"\n-env_key = "OPENROUTER_API_KEY"\n'
        ' # my notes\n \n-[model_providers.openrouter.http_headers]\n-X-Title = "codex"\n [tui]\n notifications = true\n',
    ),
    Case(
        "wire_api chat inline",
        ' [model_providers]\n-old = { name = "Old", base_url = "https://a.test/v1", wire_api = "chat" }\n'
        ' new = { name = "New", base_url = "https://b.test/v1", wire_api = "responses" }\n',
    ),
    Case(
        "reserved provider",
        '-model_provider = "openai"\n-[model_providers.openai]\n-name = "OpenAI"\n'
        '-base_url = "https://proxy.test/v1"\n-env_key = "OPENAI_API_KEY"\n',
    ),
    Case(
        "our block pasted by hand",
        '-model_provider = "tinygateway-codex-pay"\n-model = "gpt-5.5"\n \n-[model_providers.tinygateway-codex-pay]\n'
        '-name = "TinyGateway pay"\n-base_url = "https://codex.example.com/v1"\n'
        '-http_headers = { "x-tinygateway-token" = "tg_old" }\n-wire_api = "responses"\n'
        "-requires_openai_auth = false\n-supports_websockets = false\n \n [tui]\n notifications = false\n",
    ),
    Case(
        "our block pasted above the globals",
        '-model_provider = "tinygateway-codex-pay"\n-[model_providers.tinygateway-codex-pay]\n-name = "TinyGateway pay"\n'
        '-base_url = "https://codex.example.com/v1"\n^notify = [\n+  "say", # [\n+  "done"]\n'
        '^personality = "friendly"\n^sandbox_mode = "read-only"\n \n [projects."/srv/ada/x"]\n trust_level = "trusted"\n',
    ),
    Case(
        "our block pasted twice",
        '-[model_providers.tinygateway-codex-pay]\n-name = "one"\n [tui]\n notifications = true\n'
        '-[model_providers."tinygateway-codex-pay".http_headers]\n-"x-tinygateway-token" = "tg_x"\n',
    ),
    Case(
        "personality below another provider", "-model_provider = 'azure'\n" + _PROVIDER + '^personality = "friendly"\n'
    ),
    Case(
        "personality twice",
        ' personality = "friendly"\n-[model_providers.tinygateway-codex-pay]\n-name = "x"\n-personality = "pragmatic"\n',
    ),
    Case(
        "API keys",
        '-OPENAI_API_KEY = "sk-proj-abcdef"\n-openai_api_key = "x"\n-api_key = "y"\n-some_key = "sk-proj-zzz"\n'
        '-preferred_auth_method = "apikey"\n-forced_login_method = "api"\n [env]\n-OPENAI_API_KEY = "sk-proj-x"\n'
        ' [auth]\n-openai_api_key = "sk-proj-x"\n [other]\n OPENAI_API_KEY = "whatever it is for"\n',
        strict=False,
    ),
    Case("API keys that are gone entirely", '-OPENAI_API_KEY = "sk-proj-abcdef"\n-preferred_auth_method = "apikey"\n'),
    Case("ChatGPT login stays", ' forced_login_method = "chatgpt"\n cli_auth_credentials_store = "file"\n'),
    Case(
        "API keys of others",
        ' [mcp_servers.images]\n command = "npx"\n args = ["-y", "images"]\n [mcp_servers.images.env]\n'
        ' OPENAI_API_KEY = "sk-proj-for-the-server"\n [shell_environment_policy]\n inherit = "all"\n'
        ' set = { OPENAI_API_KEY = "sk-for-the-shell" }\n',
    ),
    Case(
        "profiles",
        '-profile = "work"\n-model = "gpt-5.4"\n [profiles.work]\n model_provider = "azure"\n model = "gpt-5.4"\n',
    ),
    Case(
        "MCP servers and projects",
        '-model = "gpt-5.4"\n approval_policy = "on-request"\n sandbox_mode = "workspace-write"\n \n'
        ' [mcp_servers.docs]\n url = "https://docs.test/mcp"\n [mcp_servers.fs]\n command = "npx"\n'
        ' args = [\n   "-y",\n   "fs", # "]\n ]\n [mcp_servers.fs.env]\n model_provider = "not ours"\n'
        ' [projects."/srv/ada/model_provider"]\n trust_level = "trusted"\n'
        " [projects.'C:\\Users\\ada']\n trust_level = \"trusted\"\n",
    ),
    Case(
        "features as the guide has them",
        '-model_provider = "azure"\n [features]\n prevent_idle_sleep = true\n remote_connections = true\n remote_control = true\n',
        strict=False,
    ),
    Case("features", " [features]\n prevent_idle_sleep = true\n remote_control = true\n"),
    Case("CRLF", '-model_provider = "azure"\n-model = "gpt-5.4"\n personality = "friendly"\n [tui]\n', eol="\r\n"),
    Case("CRLF with strings", ' notify = [\n   "a",\n ]\n-model = """\n-x"""\n' + _PROVIDER, eol="\r\n"),
    Case("CRLF without final line end", '-model = "gpt-5.4"\n [tui]\n notifications = true\n', eol="\r\n", final=False),
    Case("CRLF and moved", " [model_providers.a]\n name = 'a'\n^notify = [\n+ 'x']\n", eol="\r\n"),
    Case("byte order mark", '-model = "gpt-5.4"\n personality = "friendly"\n', bom=True),
    Case(
        "not ASCII",
        ' # Schlüssel für München 日本語\n-model = "größtes"\n [projects."/srv/zoë/проект"]\n trust_level = "trusted"\n',
    ),
    Case("long line", f' notify = ["{"x" * 20000}"]\n-model_provider = "{"y" * 9000}"\n'),
    Case("percent and backslashes", " notify = ['%s%d\\n', \"\\\\ %\"]\n-model = '%s\\'\n"),
    Case(
        "no space, odd tables",
        '-model="o3"\n [ tui ]\n notifications=true\n [ projects . "/x" ]\n trust_level="trusted"\n',
    ),
    Case("trailing blank lines", '-model = "gpt-5.4"\n \n [tui]\n notifications = true\n \n \n'),
    Case(
        "cc-switch",
        '-model_provider = "custom"\n-model = "gpt-5-codex"\n model_reasoning_effort = "high"\n'
        " \n [model_providers]\n [model_providers.custom]\n"
        ' name = "custom"\n wire_api = "responses"\n requires_openai_auth = true\n base_url = "https://relay.test/v1"\n',
    ),
]
