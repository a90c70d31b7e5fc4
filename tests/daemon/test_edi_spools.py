"""Both kinds of spool promise the same: whole files only, bounded, put twice is put once, and trouble is named."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from daemon.links.edi_sftp import SftpAccount, SftpSpool
from daemon.links.edi_spool import FolderSpool, Spool, SpoolTrouble, TooLarge, Waiting


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return tmp_path / "in", tmp_path / "out"


@pytest.fixture
async def account(tmp_path: Path, folders: tuple[Path, Path]) -> AsyncIterator[SftpAccount]:
    """A server of our own that lets one key in."""
    host_key, key = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o600)
    key.write_public_key(tmp_path / "allowed")
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=str(tmp_path / "allowed"),
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(tmp_path).encode()),
    )  # fmt: skip
    port = server.get_port()
    public = host_key.export_public_key().decode().split()[:2]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {' '.join(public)}\n")
    yield SftpAccount("127.0.0.1", port, "vendor", tmp_path / "key", tmp_path / "known_hosts", "/in", timeout=5.0)
    server.close()
    await server.wait_closed()


def put_to(account: SftpAccount, folder: str) -> SftpAccount:
    return SftpAccount(account.host, account.port, account.user, account.key_file, account.known_hosts, folder, 5.0)


@pytest.fixture(params=["folder", "sftp"])
def spool(request: pytest.FixtureRequest, folders: tuple[Path, Path]) -> Spool:
    if request.param == "folder":
        return FolderSpool(*folders)
    account: SftpAccount = request.getfixturevalue("account")
    return SftpSpool(account, put_to(account, "/out"))


async def test_whole_files_wait_by_name_and_unfinished_ones_do_not(spool: Spool, folders: tuple[Path, Path]) -> None:
    inbox, _ = folders
    for name in ("b.edi", "a.edi", ".a.edi.tmp", "c.part", "~lock"):
        (inbox / name).write_bytes(b"ISA")
    (inbox / "folder").mkdir()
    assert list(await spool.waiting()) == [Waiting("a.edi", 3), Waiting("b.edi", 3)]


async def test_bytes_come_as_they_are_and_a_removed_file_may_be_removed_again(
    spool: Spool, folders: tuple[Path, Path]
) -> None:
    inbox, _ = folders
    content = bytes(range(256)) * 1000
    (inbox / "a").write_bytes(content)
    assert await spool.fetch("a", len(content)) == content
    await spool.remove("a")
    await spool.remove("a")
    assert list(await spool.waiting()) == []


async def test_a_file_beyond_the_bound_is_refused_and_stays(spool: Spool, folders: tuple[Path, Path]) -> None:
    inbox, _ = folders
    (inbox / "a").write_bytes(b"x" * 1001)
    with pytest.raises(TooLarge, match="1,000"):
        await spool.fetch("a", 1000)
    assert (inbox / "a").exists()


async def test_what_is_put_twice_is_there_once_and_whole(spool: Spool, folders: tuple[Path, Path]) -> None:
    _, outbox = folders
    (outbox / ".855-1.edi.tmp").write_bytes(b"half of a")
    await spool.put("855-1.edi", b"ISA...")
    await spool.put("855-1.edi", b"ISA...")
    assert [(file.name, file.read_bytes()) for file in outbox.iterdir()] == [("855-1.edi", b"ISA...")]


async def test_a_file_that_somebody_took_before_us_is_trouble_and_not_an_empty_file(spool: Spool) -> None:
    with pytest.raises(SpoolTrouble):
        await spool.fetch("gone", 1000)


async def test_a_host_whose_key_nobody_vouched_for_is_not_talked_to(account: SftpAccount, tmp_path: Path) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().split()[:2]
    account.known_hosts.write_text(f"[127.0.0.1]:{account.port} {' '.join(stranger)}\n")
    with pytest.raises(SpoolTrouble, match="host key is not in"):
        await SftpSpool(account, account).waiting()


async def test_a_key_that_the_partner_does_not_know_is_trouble_that_names_the_account(
    account: SftpAccount, tmp_path: Path
) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "key")
    with pytest.raises(SpoolTrouble, match="vendor at 127"):
        await SftpSpool(account, account).waiting()


async def test_a_server_that_is_not_there_is_trouble(account: SftpAccount) -> None:
    away = SftpAccount("127.0.0.1", 1, "vendor", account.key_file, account.known_hosts, timeout=2.0)
    with pytest.raises(SpoolTrouble, match=r"127\.0\.0\.1:1"):
        await SftpSpool(away, away).waiting()
