"""Fixtures: every test runs against each binary named by TINYGATEWAY_BINARIES."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.gateway import Balance, Gateway
from harness.processes import ROOT
from harness.sides import Sides
from harness.stub import Stub
from harness.upstream import Upstream

DEFAULT = f"{ROOT}/.build/release/TinyGateway:{ROOT}/.build-embedded/tinygateway"
BINARIES = [Path(p).resolve() for p in os.environ.get("TINYGATEWAY_BINARIES", DEFAULT).split(":") if p]
NAMES = ["embedded" if "embedded" in str(p) else "normal" for p in BINARIES]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="full counts, and the tests marked long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="needs --long")
    for item in items:
        if "long" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session", params=BINARIES, ids=NAMES)
def binary(request: pytest.FixtureRequest) -> Path:
    if not request.param.exists():
        pytest.fail(f"{request.param} is missing: run `make build release` first")
    return request.param


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    return request.config.getoption("--long")


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stub]:
    made = Stub(tmp_path_factory.mktemp("stub"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def gateway(binary: Path, stub: Stub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all tests of a module; what it wrote must add up at the end."""
    made = Gateway(binary, tmp_path_factory.mktemp("gateway"), stub.url).start()
    yield made
    assert made.process.poll() is None, f"it died: {made.errors.read_text()[-2000:]}"
    made.verify()
    made.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def sides(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """One gateway between an own and a managed upstream for all tests of a module."""
    made = Sides(binary, tmp_path_factory.mktemp("sides")).start()
    yield made
    assert made.gateway.process.poll() is None, f"it died: {made.gateway.errors.read_text()[-2000:]}"
    made.gateway.verify()
    made.gateway.stop(signal.SIGKILL)
    made.stop()


@pytest.fixture
def make_sides(binary: Path, tmp_path: Path) -> Iterator[Callable[..., Sides]]:
    """The same for one test, with tables of configuration of its own."""
    made: list[Sides] = []

    def make(**tables: dict) -> Sides:
        sides = Sides(binary, tmp_path / f"sides{len(made)}", **tables)
        made.append(sides)
        return sides

    yield make
    for sides in made:
        sides.gateway.stop(signal.SIGKILL)
        sides.stop()


@pytest.fixture
def make_gateway(binary: Path, stub: Stub, tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    """Gateways of one test, with tables of configuration of its own."""
    made: list[Gateway] = []

    def make(**tables: dict) -> Gateway:
        gateway = Gateway(binary, tmp_path / f"gateway{len(made)}", stub.url, **tables)
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.stop(signal.SIGKILL)


@pytest.fixture
def behind(make_gateway: Callable[..., Gateway]) -> Iterator[Callable[..., Gateway]]:
    """A gateway in front of an upstream that the test writes out."""
    with ExitStack() as upstreams:

        def start(serve: Callable[[socket.socket], None], **limits: int) -> Gateway:
            url = upstreams.enter_context(Upstream(serve)).url
            return make_gateway(upstream_managed={"url": url}, limits=limits).start()

        yield start


@pytest.fixture
def balance(gateway: Gateway) -> Balance:
    return gateway.open_balance()
