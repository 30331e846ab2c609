"""`config toml` and `config install`: what they print, and what the script does to a customer's file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from conftest import BINARIES
from harness.codex import BINARY, QUIET, Codex, Turn, block
from harness.codex_configs import CASES, Case
from harness.gateway import Gateway
from harness.processes import ROOT
from harness.stub import Stub

PAY, SECOND = "tinygateway-codex-pay", "tinygateway-codex-pay-2"
needs_codex = pytest.mark.skipif(not BINARY.exists(), reason="openai-codex-cli-bin is not installed")


@dataclass(frozen=True)
class Shell:
    name: str
    words: list[str]
    path: str


@dataclass
class Office:
    """Balances of one account in a gateway that does not run: the commands need none."""

    gateway: Gateway
    account: str

    def open(self, service: str, label: str = "") -> dict:
        words = ["--label", label] if label else []
        words += ["--weeks", "1"] if service == "link" else ["--grant", "5"]
        return self.gateway.cli("balance", "open", self.account, service, *words)

    def script(self, balance: dict, *words: str) -> str:
        return self.gateway.text("config", "install", balance["balance"], *words)

    def toml(self, balance: dict, *words: str) -> str:
        return self.gateway.text("config", "toml", balance["balance"], *words)


def make_office(binary: Path, directory: Path, stub: Stub) -> Office:
    gateway = Gateway(binary, directory, stub.url, server={"public_url": stub.url.removesuffix("/v1")})
    return Office(gateway, gateway.cli("account", "add", "ada@example.test")["account"])


@pytest.fixture(scope="module")
def office(stub: Stub, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Of the first binary: both print the same (see below), and the script is what is tested here."""
    return make_office(BINARIES[0], tmp_path_factory.mktemp("office"), stub)


@pytest.fixture(scope="module")
def balances(office: Office) -> list[dict]:
    return [office.open("pay"), office.open("pay", 'Zoë\'s "team" \\ 日本')]


@pytest.fixture(scope="module")
def scripts(office: Office, balances: list[dict]) -> list[str]:
    return [office.script(balance) for balance in balances]


@pytest.fixture(scope="module")
def shells(tmp_path_factory: pytest.TempPathFactory) -> list[Shell]:
    """dash with mawk, bash with the awk of the BSDs and macOS, and nothing but busybox."""
    folder = tmp_path_factory.mktemp("shells")
    made = []
    for shell, awk in [("dash", "mawk"), ("bash", "original-awk")]:
        (folder / shell).mkdir()
        (folder / shell / "awk").symlink_to(shutil.which(awk))
        made.append(Shell(shell, [shutil.which(shell)], f"{folder}/{shell}:/usr/bin:/bin"))
    busybox = shutil.which("busybox")
    (folder / "busybox").mkdir()
    for name in subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split():
        (folder / "busybox" / name).symlink_to(busybox)
    made.append(Shell("busybox", [busybox, "ash"], f"{folder}/busybox"))
    return made


class Home:
    """A customer's home with a config.toml, and the script run in it."""

    def __init__(self, directory: Path, shell: Shell, config: bytes | None):
        self.directory, self.shell = directory, shell
        self.folder = directory / ".codex"
        self.config = self.folder / "config.toml"
        directory.mkdir(parents=True)
        if config is not None:
            self.folder.mkdir()
            self.config.write_bytes(config)

    def run(self, script: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = self.directory / "install.sh"
        path.write_text(script)
        return subprocess.run(
            [*self.shell.words, str(path), *words],
            env={"PATH": self.shell.path, "HOME": str(self.directory), "LANG": "C.UTF-8"} | environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def done(self, script: str, *words: str, **environment: str) -> bytes | None:
        """Runs it to success; the file afterwards."""
        done = self.run(script, *words, **environment)
        assert done.returncode == 0 and not done.stderr, f"{self.shell.name}: {done.stdout}{done.stderr}"
        return self.config.read_bytes() if self.config.exists() else None

    def refused(self, script: str, sentence: str, *words: str) -> None:
        done = self.run(script, *words)
        assert done.returncode == 1 and sentence in done.stderr, done

    @property
    def backups(self) -> list[Path]:
        return sorted(self.folder.glob("config.toml.*.bak"))

    @property
    def stray(self) -> list[str]:
        """Whatever else lies about."""
        known = {self.config, *self.backups}
        return [str(path) for path in self.folder.iterdir() if path not in known]


def run_codex(directory: Path, config: bytes) -> Turn:
    codex = Codex(directory, block("http://127.0.0.1:9"))
    (codex.codex / "config.toml").write_bytes(config)
    # A chosen list replaces the file's; everything else is the file's own.
    codex.settings = [word for setting in [*QUIET, "notify=[]"] for word in ("-c", setting)]
    return codex.exec("say hi [stub:plain;text=hello there]")


def assert_codex_loads(home: Home, config: bytes) -> None:
    home.config.write_bytes(config)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home.directory), "CODEX_HOME": str(home.folder)}
    words = [BINARY, "features", "list"]
    done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0 and "Error" not in done.stderr, done.stderr


def assert_fates(case: Case, result: bytes) -> None:
    """Outside the marks every line is the original's, with a prefix where the table says so."""
    prefixes = {" ": b"", "-": b"#tinygateway# ", "^": b"#tinygateway-moved# ", "+": b"#tinygateway-moved+ "}
    eol = b"\r\n" if case.eol == "\r\n" and b"\r\n" in case.original else b"\n"
    top, rest = result.split(b"# <<< tinygateway" + eol, 1)
    users, tail = rest.split(b"# >>> tinygateway " + PAY.encode(), 1)
    expected = [prefixes[fate] + line for fate, line in case.rows]
    assert users == b"".join(line + case.eol.encode() for line in expected[:-1]) + (
        expected[-1] + (case.eol.encode() if case.final else b"\n") if expected else b""
    )
    assert (b"\n" in top + tail) and (b"\r\n" in top + tail) == (eol == b"\r\n")
    assert not re.search(rb"[^\r]\n" if eol == b"\r\n" else rb"\r", top + tail.split(b"\n", 1)[1])


def assert_meaning(case: Case, result: bytes) -> None:
    """What remains is the original's meaning and the provider."""
    after = tomllib.loads(result.decode("utf-8-sig"))
    before = tomllib.loads(case.meaning.decode())
    assert after.pop("model_provider") == PAY and after.pop("model") == "gpt-5.5"
    provider = after["model_providers"].pop(PAY)
    assert provider["wire_api"] == "responses" and provider["requires_openai_auth"] is False
    assert provider["http_headers"]["x-tinygateway-token"].startswith("tg_")
    if not after["model_providers"] and "model_providers" not in before:
        after.pop("model_providers")
    assert after == before


def test_the_table_is_large_enough() -> None:
    assert len(CASES) >= 40 and len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_table(case: Case, scripts: list[str], shells: list[Shell], tmp_path: Path, is_long: bool) -> None:
    results = set()
    for shell in shells:
        home = Home(tmp_path / shell.name, shell, case.original)
        result = home.done(scripts[0])
        results.add(result)
        assert home.config.stat().st_mode & 0o777 == 0o600
        assert [backup.read_bytes() for backup in home.backups] == [case.original]
        assert home.done(scripts[0]) == result, "running it again changed something"
        assert len(home.backups) == 1, "a backup of nothing"
        assert home.done(scripts[0], "--undo") == case.original
        assert not home.stray
    assert len(results) == 1, "the shells differ"
    assert_fates(case, result)
    assert_meaning(case, result)
    if not BINARY.exists():
        return
    if not case.strict:
        assert_codex_loads(home, result)
    elif is_long or CASES.index(case) % 6 == 0:
        turn = run_codex(tmp_path / "codex", result)
        assert turn.status == 0 and turn.texts == ["hello there"], turn


@pytest.fixture
def home(shells: list[Shell], tmp_path: Path) -> Home:
    return Home(tmp_path / "home", shells[0], b'model_provider = "azure"\n[tui]\nnotifications = true\n')


# --- The file and its folder ---------------------------------------------------------------------------------


@pytest.fixture(params=["dash", "bash", "busybox"])
def each_shell(request: pytest.FixtureRequest, shells: list[Shell]) -> Shell:
    return next(shell for shell in shells if shell.name == request.param)


def test_missing_folder(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    home = Home(tmp_path / "home", each_shell, None)
    text = home.done(scripts[0])
    assert tomllib.loads(text.decode())["model_provider"] == PAY
    assert home.config.stat().st_mode & 0o777 == 0o600 and not home.backups
    assert home.done(scripts[0]) == text
    assert home.done(scripts[0], "--undo") is None, "it made the file, so it takes it away"


def test_missing_file_that_codex_wrote_to_since(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    home = Home(tmp_path / "home", each_shell, None)
    home.config.parent.mkdir()
    home.done(scripts[0])
    with home.config.open("ab") as file:
        file.write(b"[tui]\nnotifications = true")
    home.done(scripts[0])
    assert home.done(scripts[0], "--undo") == b"[tui]\nnotifications = true"


def test_codex_home(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    home = Home(tmp_path / "a home with spaces", each_shell, None)
    other = tmp_path / "other $(place)"
    assert home.done(scripts[0], CODEX_HOME=str(other)) is None
    assert tomllib.loads((other / "config.toml").read_text())["model_provider"] == PAY
    home.done(scripts[0], CODEX_HOME="-relative")
    assert (home.directory / "-relative" / "config.toml").exists()


def test_symbolic_links(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    original = b'model = "gpt-5.4"\n'
    home = Home(tmp_path / "home", each_shell, original)
    dotfiles = tmp_path / "home" / "dot files"
    dotfiles.mkdir()
    home.config.rename(dotfiles / "codex.toml")
    (dotfiles / "link.toml").symlink_to("codex.toml")
    home.config.symlink_to("../dot files/link.toml")
    home.done(scripts[0])
    assert home.config.is_symlink() and (dotfiles / "link.toml").is_symlink()
    assert PAY.encode() in (dotfiles / "codex.toml").read_bytes()
    assert sorted(path.name for path in dotfiles.iterdir()) == ["codex.toml", "link.toml"]
    assert len(home.backups) == 1, "the backup may hold secrets: it does not go where the link leads"
    assert home.done(scripts[0], "--undo") == original and home.config.is_symlink()


def test_dangling_link_and_loop(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    home = Home(tmp_path / "home", each_shell, b"")
    home.config.unlink()
    home.config.symlink_to(tmp_path / "new" / "codex.toml")
    home.done(scripts[0])
    assert home.config.is_symlink() and (tmp_path / "new" / "codex.toml").exists()
    home.config.unlink()
    home.config.symlink_to("config.toml")
    home.refused(scripts[0], "leads back to itself")


def test_read_only_file(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    original = b'model = "gpt-5.4"\n'
    home = Home(tmp_path / "home", each_shell, original)
    home.config.chmod(0o444)
    assert PAY.encode() in home.done(scripts[0])
    assert home.config.stat().st_mode & 0o777 == 0o400, "it stays read-only, and private"
    assert home.done(scripts[0], "--undo") == original


def test_owner_stays(each_shell: Shell, scripts: list[str], tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    home = Home(tmp_path / "home", each_shell, b"")
    os.chown(home.config, 1234, 2345)
    home.done(scripts[0])
    for path in [home.config, *home.backups]:
        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


def test_access_is_narrowed_again(home: Home, scripts: list[str]) -> None:
    home.done(scripts[0])
    home.config.chmod(0o644)
    home.done(scripts[0])
    assert home.config.stat().st_mode & 0o777 == 0o600


def test_backups_never_overwrite(home: Home, scripts: list[str]) -> None:
    for _ in range(3):
        home.done(scripts[0])
        home.done(scripts[0], "--undo")
    assert len(home.backups) == 6
    assert all(re.fullmatch(r"config\.toml\.\d{8}T\d{6}Z(-\d+)?\.bak", path.name) for path in home.backups)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in home.backups)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (b'a = 1\nmodel = """\nnever ends\n', "line 2 is not closed"),
        (b"notify = [\n'a'\n", "line 1 is not closed"),
        (b"model = 'a'\0\n", "NUL"),
    ],
)
def test_refused_files(each_shell: Shell, scripts: list[str], tmp_path: Path, config: bytes, sentence: str) -> None:
    home = Home(tmp_path / "home", each_shell, config)
    home.refused(scripts[0], sentence)
    assert home.config.read_bytes() == config and not home.backups and not home.stray


def test_folder_in_place_of_the_file(home: Home, scripts: list[str]) -> None:
    home.config.unlink()
    home.config.mkdir()
    home.refused(scripts[0], "is not a file")


def test_usage(home: Home, scripts: list[str]) -> None:
    home.refused(scripts[0], "usage", "--nonsense")
    home.refused(scripts[0], "usage", "--undo", "more")


def test_undo_of_nothing(home: Home, scripts: list[str]) -> None:
    original = home.config.read_bytes()
    assert home.done(scripts[0], "--undo") == original and not home.backups
    home.config.unlink()
    assert home.done(scripts[0], "--undo") is None


def test_hints(home: Home, office: Office, scripts: list[str]) -> None:
    assert "OPENAI_API_KEY is set" in home.run(scripts[0], OPENAI_API_KEY="sk-x").stdout
    (home.folder / "auth.json").write_text('{"OPENAI_API_KEY": "sk-x"}')
    done = home.run(office.script(office.open("boost")))
    assert "codex login" in done.stdout and "sk-x" not in done.stdout


def test_output_has_no_token(home: Home, scripts: list[str], office: Office, balances: list[dict]) -> None:
    done = home.run(scripts[0])
    assert balances[0]["token"] in home.config.read_text()
    assert balances[0]["token"] not in done.stdout + done.stderr


# --- What others do to the file afterwards --------------------------------------------------------------------


@needs_codex
def test_codex_edits_the_file(home: Home, scripts: list[str]) -> None:
    """Codex writes new tables between the marks and new keys behind ours: they are the user's and stay."""
    original = home.config.read_text()
    home.done(scripts[0])
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home.directory), "CODEX_HOME": str(home.folder)}
    for words in ["mcp add docs -- echo hi", "features enable prevent_idle_sleep"]:
        subprocess.run(
            [BINARY, *words.split()], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
    edited = home.config.read_text()
    assert edited.index("mcp_servers.docs") < edited.index(f"# <<< tinygateway {PAY}"), "no longer a test of this"
    again = home.done(scripts[0])
    assert home.done(scripts[0]) == again
    parsed = tomllib.loads(again.decode())
    assert parsed["mcp_servers"]["docs"]["command"] == "echo" and parsed["features"]["prevent_idle_sleep"] is True
    undone = home.done(scripts[0], "--undo").decode()
    assert undone.startswith(original) and "tinygateway" not in undone
    before = tomllib.loads(original)
    assert tomllib.loads(undone) == before | {k: parsed[k] for k in ("mcp_servers", "features")}


def test_keys_and_comments_between_the_marks_stay(home: Home, scripts: list[str]) -> None:
    text = home.done(scripts[0]).decode()
    text = text.replace('model = "gpt-5.5"\n', 'model = "gpt-5.4"\n# mine\nmodel_verbosity = "low"\n', 1)
    text = text.replace(
        "supports_websockets = false\n", "supports_websockets = false\n# mine too\n[history]\npersistence = 'none'\n"
    )
    home.config.write_text(text)
    again = home.done(scripts[0]).decode()
    assert tomllib.loads(again)["model"] == "gpt-5.5"
    assert home.done(scripts[0], "--undo").decode() == (
        '# mine\nmodel_verbosity = "low"\nmodel_provider = "azure"\n[tui]\nnotifications = true\n'
        "# mine too\n[history]\npersistence = 'none'\n"
    )


@pytest.mark.parametrize("mark", ["# <<< tinygateway\n", f"# <<< tinygateway {PAY}\n"])
def test_lost_marks(home: Home, scripts: list[str], mark: str) -> None:
    original = home.config.read_text()
    text = home.done(scripts[0]).decode()
    home.config.write_text(text.replace(mark, "", 1))
    assert home.done(scripts[0]).decode() == text
    home.config.write_text(text.replace(mark, "", 1))
    assert home.done(scripts[0], "--undo").decode() == original


def test_lost_first_mark_of_the_provider(home: Home, scripts: list[str]) -> None:
    text = home.done(scripts[0]).decode()
    home.config.write_text(re.sub(r"# >>> tinygateway tinygateway-.*\n", "", text))
    assert tomllib.loads(home.done(scripts[0]).decode())["model_provider"] == PAY


def test_moved_copy_that_was_changed(home: Home, scripts: list[str]) -> None:
    home.config.write_text('[model_providers.a]\nname = "a"\npersonality = "friendly"\n')
    text = home.done(scripts[0]).decode()
    home.config.write_text(text.replace('\npersonality = "friendly"', '\npersonality = "pragmatic"', 1))
    again = home.done(scripts[0])
    assert tomllib.loads(again.decode())["personality"] == "pragmatic"
    undone = tomllib.loads(home.done(scripts[0], "--undo").decode())
    assert undone["personality"] == "pragmatic"


def test_appended_without_final_line_end(home: Home, scripts: list[str]) -> None:
    home.config.write_bytes(b"[tui]\nnotifications = true")
    home.done(scripts[0])
    with home.config.open("ab") as file:
        file.write(b"[history]\npersistence = 'none'")
    home.done(scripts[0])
    assert home.done(scripts[0], "--undo") == b"[tui]\nnotifications = true\n[history]\npersistence = 'none'"


def test_rotated_token(home: Home, scripts: list[str], office: Office) -> None:
    original = home.config.read_bytes()
    balance = office.open("pay")
    home.done(office.script(balance))
    token = office.gateway.cli("token", "rotate", balance["balance"])["token"]
    script = office.script(balance)
    text = home.done(script).decode()
    assert token in text and balance["token"] not in text
    assert home.done(script, "--undo") == original


# --- Several balances -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 0), (0, 1)])
@pytest.mark.parametrize("final", [True, False])
def test_two_balances(home: Home, scripts: list[str], order: tuple[int, int], final: bool) -> None:
    original = home.config.read_bytes() if final else home.config.read_bytes().rstrip()
    home.config.write_bytes(original)
    first = home.done(scripts[0])
    both = home.done(scripts[1])
    parsed = tomllib.loads(both.decode())
    assert parsed["model_provider"] == SECOND and {PAY, SECOND} <= set(parsed["model_providers"])
    assert home.done(scripts[1]) == both
    back = tomllib.loads(home.done(scripts[0]).decode())
    assert back["model_provider"] == PAY and {PAY, SECOND} <= set(back["model_providers"])
    assert home.done(scripts[1]) == both
    one = tomllib.loads(home.done(scripts[order[0]], "--undo").decode())
    assert one["model_provider"] == (PAY if order[0] == 1 else SECOND)
    if order[0] == 1:
        assert home.config.read_bytes() == first
    assert home.done(scripts[order[1]], "--undo") == original


def test_switched_by_hand(home: Home, scripts: list[str]) -> None:
    """The one line a customer edits to change the balance survives the other balance's --undo."""
    home.done(scripts[0])
    text = home.done(scripts[1]).decode()
    home.config.write_text(text.replace(f'model_provider = "{SECOND}"', f"model_provider = '{PAY}' # mine"))
    assert tomllib.loads(home.done(scripts[1], "--undo").decode())["model_provider"] == PAY


# --- What the commands print ----------------------------------------------------------------------------------


def test_label(home: Home, scripts: list[str]) -> None:
    assert scripts[1].isascii()
    parsed = tomllib.loads(home.done(scripts[1]).decode())
    assert parsed["model_providers"][SECOND]["name"] == 'TinyGateway Zoë\'s "team" \\ 日本'


def uncommented(text: str) -> str:
    """The block with the optional lines that Codex knows."""
    return re.sub(r"^# (\[features\]$|(?:prevent_idle_sleep|remote_control) = true)", r"\1", text, flags=re.MULTILINE)


@needs_codex
@pytest.mark.parametrize("words", [(), ("--url",)])
@pytest.mark.parametrize("service", ["pay", "boost", "link"])
def test_blocks(office: Office, tmp_path: Path, service: str, words: tuple[str, ...]) -> None:
    balance = office.open(service)
    text = office.toml(balance, *words)
    parsed = tomllib.loads(text)
    [(provider, table)] = parsed["model_providers"].items()
    assert re.fullmatch(rf"tinygateway-codex-{service}(-\d+)?", provider)
    assert parsed["model_provider"] == provider and parsed["model"] == "gpt-5.5"
    keys = [line.split(" = ")[0] for line in text.splitlines() if " = " in line and not line.startswith("#")]
    assert keys[:2] == ["model_provider", "model"], "they must be the first two"
    assert table["requires_openai_auth"] is (service != "pay") and table["supports_websockets"] is False
    assert (balance["token"] in table["base_url"]) is bool(words) and ("http_headers" in table) is not bool(words)
    for line in ["prevent_idle_sleep = true", "remote_connections = true", "remote_control = true"]:
        assert re.search(rf"^# {line} +# .+", text, re.MULTILINE)
    assert list(tomllib.loads(uncommented(text))["features"]) == ["prevent_idle_sleep", "remote_control"]
    rotated = office.gateway.cli("token", "rotate", balance["balance"])
    assert f"[model_providers.{provider}]" in office.toml(rotated), "a provider's id never changes"
    for index, config in enumerate([text, uncommented(text)]):
        turn = run_codex(tmp_path / str(index), config.encode())
        assert turn.status == 0 and turn.texts == ["hello there"], turn


def test_no_key_may_precede_the_scripts_table(scripts: list[str]) -> None:
    lines = scripts[0].split("cat <<'TINYGATEWAY_BLOCK'\n")[1].split("TINYGATEWAY_BLOCK\n")[0].splitlines()
    header = lines.index(f"[model_providers.{PAY}]")
    assert all(line.startswith("#") for line in lines[:header])
    assert all(re.match(r"\w+ = ", line) for line in lines[header + 1 :])


def test_both_binaries_print_the_same(binary: Path, office: Office, stub: Stub, tmp_path: Path) -> None:
    other = make_office(binary, tmp_path, stub)
    for service in ["pay", "boost", "link"]:
        theirs, ours = office.open(service), other.open(service)
        for print_one in [Office.toml, Office.script, lambda o, b: Office.script(o, b, "--windows")]:
            texts = [
                re.sub(
                    r"tinygateway-codex-(\w+)-\d+",
                    r"tinygateway-codex-\1",
                    print_one(o, b).replace(b["token"], "TOKEN"),
                )
                for o, b in [(office, theirs), (other, ours)]
            ]
            assert texts[0] == texts[1]
            assert "@" not in re.sub(r'@\'|\'@|"\$@"|\[string\]@|@\(|@\{', "", texts[0]), "a place was not filled in"


def test_commands_refuse(office: Office) -> None:
    done = office.gateway.run("config", "install", "b_unknown")
    assert done.returncode == 1 and "balance list" in done.stderr


# --- PowerShell: no interpreter here, so the grammar and the table of rules ----------------------------------


def test_powershell_parses(office: Office, balances: list[dict]) -> None:
    for balance in balances:
        text = office.script(balance, "--windows")
        assert text.isascii() and balance["token"] in text
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
        assert not parser.parse(text.encode()).root_node.has_error
        assert parser.parse(text.replace("param(", "param((", 1).encode()).root_node.has_error


def test_powershell_has_the_same_block(office: Office, balances: list[dict], scripts: list[str]) -> None:
    windows = office.script(balances[0], "--windows")
    shell = scripts[0].split("cat <<'TINYGATEWAY_BLOCK'\n")[1].split("TINYGATEWAY_BLOCK\n")[0]
    assert windows.split("@'\n")[1].split("'@\n")[0] == shell


def test_powershell_has_the_same_words() -> None:
    """Every mark, name and pattern of the rules stands in both scripts."""
    shell, windows = ((Path(ROOT) / "Sources/CUV" / name).read_text() for name in ["install.sh", "install.ps1"])
    rules = shell.split("BEGIN {")[0].split("# --- What is ours")[1] + shell.split("BEGIN {")[1].split("BOM =")[0]
    words = set(
        re.findall(
            r'"([A-Za-z#>< _+.-]*(?:tinygateway|[a-z]_|notify|personality|env|auth|openai|ollama|lmstudio|api)[^"]*)"',
            rules,
        )
    )
    words -= {"sub", ""}
    assert len(words) > 20
    for word in words:
        for part in word.replace("\\", "").split():
            assert part in windows, part
