"""A download is a whole file or none, where it belongs, and never in place of another one."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from calls import FILE, call, download
from server import Peer, Received, Server, chunked, gzipped, hang_up, head, redirect, reply, then

from flat_api.api_client import ApiClient
from flat_api.download import save
from flat_api.exceptions import ApiException, MalformedResponseException, NotFoundException

BODY = bytes(range(256)) * 5000


def named(name: str, body: bytes = b"new") -> bytes:
    return reply(body, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "answer", [reply(BODY), chunked(BODY[:9], BODY[9:]), gzipped(BODY), then(head() + BODY, hang_up), reply(b"")]
)
def test_a_download_is_what_was_sent(server: Server, client: ApiClient, tmp_path: Path, answer: Any) -> None:
    server.plays(answer)
    saved = download(client, tmp_path / "song.wav")
    assert saved == tmp_path / "song.wav"
    assert saved.read_bytes() == (b"" if answer == reply(b"") else BODY)
    assert names(tmp_path) == ["song.wav"]


def test_progress_counts_up_to_the_size(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(reply(BODY), chunked(BODY), gzipped(BODY))
    for total in (len(BODY), None, None):
        seen: list[tuple[int, int | None]] = []
        download(client, tmp_path / "song", progress=lambda done, of, seen=seen: seen.append((done, of)))
        assert [done for done, _ in seen] == sorted({done for done, _ in seen})
        assert len(seen) > 1
        assert seen[-1][0] == len(BODY)
        assert {of for _, of in seen} == {total}


def test_an_existing_file_is_replaced(server: Server, client: ApiClient, tmp_path: Path) -> None:
    target = tmp_path / "song.wav"
    target.write_bytes(b"old" * 100)
    server.plays(named("other.wav"))
    assert download(client, str(target)).read_bytes() == b"new"
    assert names(tmp_path) == ["song.wav"]


def test_in_a_folder_a_download_gets_the_suggested_name(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(named("My Song.wav"), reply(b"new"))
    assert download(client, tmp_path) == tmp_path / "My Song.wav"
    assert download(client, tmp_path, "last.wav") == tmp_path / "last.wav"


def test_a_folder_that_is_missing_is_made(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(named("song.wav"))
    assert download(client, f"{tmp_path}/a/b/") == tmp_path / "a" / "b" / "song.wav"
    assert download(client, tmp_path / "c" / "d") == tmp_path / "c" / "d"


def test_in_a_folder_nothing_is_overwritten(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(*(named("song.tar.gz", b"%d" % number) for number in range(3)))
    (tmp_path / "song (2).tar.gz").write_bytes(b"mine")
    saved = [download(client, tmp_path) for _ in range(3)]
    assert [path.name for path in saved] == ["song.tar.gz", "song (3).tar.gz", "song (4).tar.gz"]
    assert [path.read_bytes() for path in saved] == [b"0", b"1", b"2"]
    assert (tmp_path / "song (2).tar.gz").read_bytes() == b"mine"


def test_downloads_at_the_same_time_do_not_overwrite_each_other(server: Server, client, tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def answer(peer: Peer, request: Received) -> None:
        together.wait(5)
        peer.send(named("song.wav", request.path.encode() * 100_000))

    server.plays(answer)
    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(lambda number: download(client, tmp_path, f"{number}"), range(8)))
    assert len(set(saved)) == 8
    for number, path in enumerate(saved):
        assert path.read_bytes() == f"/v2/files/{number}".encode() * 100_000
    assert len(names(tmp_path)) == 8


def test_two_downloads_to_one_file_leave_one_of_them_whole(server: Server, client, tmp_path: Path) -> None:
    bodies = [b"a" * 3_000_000, b"b" * 3_000_000]
    server.plays(*(chunked(body) for body in bodies))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: download(client, tmp_path / "song"), range(2)))
    assert (tmp_path / "song").read_bytes() in bodies
    assert names(tmp_path) == ["song"]


CUT = {
    "length": then(reply(BODY[:-1], length=len(BODY)), hang_up),
    "chunk": then(chunked(BODY)[:-50], hang_up),
    "last chunk": then(chunked(BODY)[:-5], hang_up),
    "gzip": reply(gzipped(BODY).partition(b"\r\n\r\n")[2][:-9], headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("cut", CUT)
@pytest.mark.parametrize("old", [True, False])
def test_a_cut_off_download_leaves_no_file(server: Server, client, tmp_path: Path, cut: str, old: bool) -> None:
    target = tmp_path / "song.wav"
    if old:
        target.write_bytes(b"old")
    server.plays(CUT[cut])
    with pytest.raises(MalformedResponseException):
        download(client, target)
    assert names(tmp_path) == (["song.wav"] if old else [])
    assert not old or target.read_bytes() == b"old"
    assert len(server.received) == 4


@pytest.mark.parametrize("cut", CUT)
def test_a_cut_off_download_is_tried_again(server: Server, client: ApiClient, tmp_path: Path, cut: str) -> None:
    server.plays(CUT[cut], CUT[cut], reply(BODY))
    assert download(client, tmp_path / "song.wav").read_bytes() == BODY
    assert names(tmp_path) == ["song.wav"]


def test_an_answer_that_was_opened_is_not_tried_again(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(CUT["length"], reply(BODY))
    with pytest.raises(MalformedResponseException):
        save(client.open(FILE, ("a",), {}), tmp_path / "song.wav")
    assert names(tmp_path) == []
    assert len(server.received) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_download_leaves_no_file(server: Server, client, tmp_path: Path, error: Any) -> None:
    def interrupt(done: int, total: int | None) -> None:
        raise error

    server.plays(then(head("Content-Length: 9999999") + BODY, lambda peer, request: peer.stall()), reply({"id": "x"}))
    with pytest.raises(error):
        download(client, tmp_path / "song.wav", progress=interrupt)
    assert names(tmp_path) == []
    assert server.wait_until(lambda it: it.closed == 1)
    assert call(client).id == "x"


def test_an_error_leaves_no_file(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(reply({"code": "NOT_FOUND"}, 404))
    with pytest.raises(NotFoundException):
        download(client, tmp_path / "song.wav")
    assert names(tmp_path) == []


def test_a_full_disk_leaves_no_file(server: Server, client: ApiClient) -> None:
    server.plays(reply(BODY))
    with pytest.raises(OSError, match=r"/dev/full|denied|No space") as caught:
        save_to_full_disk(client)
    assert not isinstance(caught.value, ApiException)


def save_to_full_disk(client: ApiClient) -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        for piece in client.open(FILE, ("a",), {}).pieces(1000):
            full.write(piece)


HOSTILE = [
    "../../evil",
    "..\\..\\evil",
    "/etc/evil",
    "C:\\evil",
    "..",
    ".",
    "",
    "a" * 5000 + ".wav",
    "é" * 5000,
    "evil\0.wav",
    "sub/evil",
    "~/evil",
    ".hidden",
    "...",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folder(server: Server, client: ApiClient, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    server.plays(
        reply(b"1", headers={"Content-Disposition": f"attachment; filename*=UTF-8''{encoded}"}),
        named(name.replace("\0", "").replace("\\", "\\\\").encode().decode("latin-1"), b"2"),
    )
    saved = [download(client, folder) for _ in range(2)]
    assert [path.parent for path in saved] == [folder] * 2
    assert names(tmp_path) == sorted(["folder", *(path.name for path in saved)])
    assert not any(path.name.startswith(".") for path in saved)


@pytest.mark.parametrize("to", ["outside", "missing"])
def test_a_symlink_in_the_folder_is_not_followed(server: Server, client: ApiClient, tmp_path: Path, to: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "outside").write_bytes(b"mine")
    (folder / "song.wav").symlink_to(tmp_path / to)
    server.plays(named("song.wav"))
    assert download(client, folder).name == "song (2).wav"
    assert (tmp_path / "outside").read_bytes() == b"mine"
    assert names(tmp_path) == ["folder", "outside", "song (2).wav", "song.wav"]


def test_a_symlink_in_place_of_the_file_is_replaced(server: Server, client: ApiClient, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"mine")
    (tmp_path / "song.wav").symlink_to(tmp_path / "outside")
    server.plays(reply(b"new"))
    download(client, tmp_path / "song.wav")
    assert (tmp_path / "outside").read_bytes() == b"mine"
    assert (tmp_path / "song.wav").read_bytes() == b"new"


def test_a_download_that_is_redirected_gets_no_token(server: Server, client: ApiClient, tmp_path: Path) -> None:
    with Server(named("song.wav", BODY)) as storage:
        server.plays(redirect(f"{storage.origin}/bucket/key?signature=x%2Fy"))
        assert download(client, tmp_path).read_bytes() == BODY
        (request,) = storage.received
        assert request.target == "/bucket/key?signature=x%2Fy"
        assert request.header("Authorization") is None
        assert request.header("Host") == storage.address


def test_file_permissions_are_the_usual_ones(server: Server, client: ApiClient, tmp_path: Path) -> None:
    server.plays(named("song.wav"))
    usual = tmp_path / "usual"
    usual.touch()
    for target in (tmp_path, tmp_path / "file"):
        assert os.stat(download(client, target)).st_mode == usual.stat().st_mode
