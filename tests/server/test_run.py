"""What is wrong is said before anything is served: one line, and nothing listens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from mocksse.errors import UsageError
from mocksse.server.run import run
from mocksse.settings.resolve import settings_of

if TYPE_CHECKING:
    from mocksse.settings.spoken import Spoken

CASSETTES = str(Path(__file__).parents[2] / "cassettes")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    for name in ("a", "b"):
        made = authority.issue_cert("localhost")
        made.private_key_pem.write_to_path(folder / f"{name}.key")
        made.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    (folder / "words.pem").write_text("words")
    return folder


@pytest.mark.parametrize(
    ("cert", "key", "wanted"),
    [
        ("gone.pem", "", "gone.pem: No such file or directory"),
        ("a.pem", "gone.key", "gone.key: No such file or directory"),
        ("words.pem", "", "words.pem: no certificate with its key in PEM"),
        ("a.pem", "", "a.pem: no certificate with its key in PEM"),
        ("a.pem", "b.key", "a.pem and b.key: no certificate with its key in PEM: the key is another certificate's"),
    ],
)
def test_certificates(files: Path, cert: str, key: str, wanted: str) -> None:
    flags: dict[str, Spoken] = {"cassettes": (CASSETTES,), "port": "0", "tls_cert": str(files / cert)}
    if key:
        flags["tls_key"] = str(files / key)
    with pytest.raises(UsageError) as caught:
        run(settings_of(flags, {}), pytest.fail, pytest.fail, pytest.fail)
    assert caught.value.message.replace(f"{files}/", "").startswith(wanted)
