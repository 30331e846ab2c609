"""A private authority for the cases with TLS."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]


@dataclass(frozen=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path
    both: Path  # certificate and key in one file, as haproxy wants them


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=30)


def make(directory: Path) -> Certificates:
    """One ECDSA P-256 certificate for localhost."""
    directory.mkdir(parents=True, exist_ok=True)
    made = Certificates(*(directory / name for name in ("authority.pem", "server.pem", "server.key", "both.pem")))
    authority_key, request, settings = (directory / name for name in ("authority.key", "server.req", "server.ext"))
    constraints = ["-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign"]
    openssl(
        "req", "-x509", *NEW_KEY, *constraints, "-subj", "/CN=Bench", "-keyout", authority_key, "-out", made.authority
    )
    openssl("req", "-new", *NEW_KEY[:-2], "-subj", "/CN=localhost", "-keyout", made.key, "-out", request)
    settings.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    signing = ["-CA", made.authority, "-CAkey", authority_key, "-CAcreateserial", "-days", "30", "-extfile", settings]
    openssl("x509", "-req", "-in", request, *signing, "-out", made.certificate)
    made.both.write_bytes(made.certificate.read_bytes() + made.key.read_bytes())
    return made
