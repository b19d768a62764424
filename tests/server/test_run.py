"""From settings to a server: what is wrong is one line before anything listens, and recordings go where they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from mocksse.errors import UsageError
from mocksse.server.run import run, world_of
from mocksse.settings.resolve import settings_of
from mocksse.settings.session import session_settings_of

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


@pytest.mark.parametrize("said", [{}, {"cassettes": ["long"]}, {"cassettes": ["openai-*", "cut"], "faults": "reset"}])
def test_a_session_of_the_control_api_records_where_the_default_one_does(
    tmp_path: Path, said: dict[str, object]
) -> None:
    flags: dict[str, Spoken] = {
        "cassettes": (str(tmp_path), CASSETTES),
        "upstream": ("http://127.0.0.1:9",),
        "record": "new",
    }
    world = world_of(settings_of(flags, {}))
    made = session_settings_of(said, "body").over(world.sessions.default.made)
    session = world.sessions.create(replace(made, name="one"))
    through = world.throughs.of(session.settings)
    assert through is not None
    assert through.folder == tmp_path
