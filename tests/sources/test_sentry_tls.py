"""A certificate of one's own authority is accepted where its file is named, and nothing is said to anybody else."""

import ipaddress
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.stand_ins.sentry_server import SentryServer, dripping


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sentry.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "authority.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    return file


@pytest.fixture
def server(authority: Path) -> Iterator[SentryServer]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(authority)
    with SentryServer(tls=tls) as running:
        yield running


def sentry_at(server: SentryServer, authority: Path | None, seconds: float = 10.0) -> Sentry:
    token = SecretStr("sntryu_0123456789abcdef")
    access = SentryAccess(url=server.url, organization="acme", token=token, ca_file=authority)
    return Sentry(sentry_door(access, Budget(seconds)))


def test_the_authority_that_is_named_is_trusted(server, authority):
    assert sentry_at(server, authority).issue("SHOP-42") == server.world.issue("SHOP-42")


def test_an_authority_that_is_not_named_gets_no_token(server):
    with pytest.raises(Unavailable, match="SENTRY_CA"):
        sentry_at(server, None).issue("SHOP-42")
    assert server.calls() == []


@pytest.mark.parametrize("head", [True, False])
def test_a_drip_under_tls_is_bounded_too(server, authority, head):
    server.fail("*", dripping(0.05, head=head))
    began = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within a second"):
        sentry_at(server, authority, 0.5).issue("SHOP-42")
    assert time.monotonic() - began < 2


def test_a_file_that_is_not_there_is_refused_at_once():
    with pytest.raises(ValueError, match="ca_file"):
        SentryAccess.model_validate(
            {"url": "https://sentry.io", "organization": "acme", "token": "t", "ca_file": "/nowhere/authority.pem"}
        )
