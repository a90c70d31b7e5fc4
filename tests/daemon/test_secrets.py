import copy
import os
import pickle
from pathlib import Path

import pytest

from daemon import secrets
from daemon.secrets import Secret, SecretFault, SecretFile, locate, mask, read_secret, readable_by_others
from tests.daemon.configuring import secret_file


def test_a_secret_shows_only_when_asked() -> None:
    secret = Secret("open-sesame")
    assert secret.reveal() == "open-sesame"
    assert "sesame" not in f"{secret} {secret!r} {[secret]} {secret:>20}"


def test_a_secret_is_not_pickled_or_copied() -> None:
    for smuggle in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            smuggle(Secret("open-sesame"))


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret("grüße") == Secret("grüße")
    assert Secret("one-thing") != Secret("another-thing")
    assert Secret("one-thing") != "one-thing"


def test_the_platforms_credentials_come_before_what_is_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / name for name in ("credentials", "mounted", "beside")]
    for folder in folders:
        folder.mkdir()
        secret_file(folder, "token", f"from-{folder.name}")
    credentials, mounted, beside = folders
    monkeypatch.setattr(secrets, "MOUNTED", mounted)
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert read_secret("token", environ, beside).reveal() == "from-credentials"
    assert read_secret("token", {}, beside).reveal() == "from-mounted"
    (mounted / "token").unlink()
    assert read_secret("token", {}, beside).reveal() == "from-beside"
    assert read_secret(str(beside / "token"), environ, mounted).reveal() == "from-beside"


def test_only_the_last_newline_is_not_part_of_a_secret(tmp_path: Path) -> None:
    assert read_secret("token", {}, secret_file(tmp_path, "token", " a b \r\n").parent).reveal() == " a b "


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"x" * 70_000, "more than 65536 bytes"),
    ],
)
def test_a_file_that_holds_no_usable_secret_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(SecretFault, match=says):
        read_secret("token", {}, tmp_path)


def test_a_missing_file_says_where_we_looked(tmp_path: Path) -> None:
    with pytest.raises(SecretFault) as raised:
        locate("token", {"CREDENTIALS_DIRECTORY": "/nowhere"}, tmp_path)
    looked = f"/nowhere/token, then /run/secrets/token, then {tmp_path}/token"
    assert str(raised.value) == f"no such file, or none that we may see; looked for {looked}"


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(SecretFault, match="not a plain file"):
        read_secret(str(tmp_path), {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_we_may_not_read_says_who_we_are(tmp_path: Path) -> None:
    secret_file(tmp_path, "token", mode=0o000)
    with pytest.raises(SecretFault, match=f"readable by user {os.geteuid()}"):
        read_secret("token", {}, tmp_path)


def test_a_file_open_to_others_is_noticed_unless_the_platform_put_it_there(tmp_path: Path) -> None:
    path = secret_file(tmp_path, "token", mode=0o640)
    assert readable_by_others(path, {})
    assert not readable_by_others(path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    path.chmod(0o600)
    assert not readable_by_others(path, {})


def test_a_rotated_secret_is_read_again(tmp_path: Path) -> None:
    file = SecretFile("token", {}, secret_file(tmp_path, "token", "the-first-one").parent)
    assert not file.refresh()
    secret_file(tmp_path, "fresh", "the-second").replace(tmp_path / "token")
    assert file.current().reveal() == "the-second"
    assert not file.refresh()


def test_a_secret_rotated_by_a_link_as_kubernetes_does_is_read_again(tmp_path: Path) -> None:
    for version in ("1", "2"):
        (tmp_path / version).mkdir()
        secret_file(tmp_path / version, "token", f"version-{version}")
    (tmp_path / "data").symlink_to("1")
    (tmp_path / "token").symlink_to("data/token")
    file = SecretFile("token", {}, tmp_path)
    (tmp_path / "next").symlink_to("2")
    (tmp_path / "next").replace(tmp_path / "data")
    assert file.current().reveal() == "version-2"


def test_the_last_good_secret_stays_while_its_file_is_unusable(tmp_path: Path) -> None:
    path = secret_file(tmp_path, "token", "good-value")
    file = SecretFile("token", {}, tmp_path)
    path.write_text("")
    assert file.current().reveal() == "good-value"
    assert file.trouble is not None
    path.unlink()
    assert file.current().reveal() == "good-value"
    secret_file(tmp_path, "token", "better-value")
    assert file.current().reveal() == "better-value"
    assert file.trouble is None


def test_every_secret_read_is_masked_in_text_also_in_its_url_form() -> None:
    Secret("p@ss/word")
    Secret("p@ss/word-longer")
    assert mask("amqp://u:p%40ss%2Fword@h and p@ss/word-longer.") == "amqp://u:****@h and ****."


def test_what_is_remembered_for_masking_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_known", secrets._Known())
    for number in range(secrets.REMEMBERED + 1):
        Secret(f"rotating-token-{number:04}")
    assert mask("rotating-token-0000 rotating-token-0512") == "rotating-token-0000 ****"
