"""Downloading, from a server on this machine that breaks off, lies and forgets."""

import hashlib
import io
import subprocess
import sys
import tarfile
import threading

import numpy as np
import pytest
from vision.server import serve

from tinygrad_c.vision.datasets import CIFAR10, MNIST, DownloadError, FashionMNIST, download
from tinygrad_c.vision.datasets.download import download as get
from tinygrad_c.vision.datasets.download import unpack

DATA = np.random.default_rng(0).integers(0, 256, 300_000, np.uint8).tobytes()


def md5(data):
    return f"md5:{hashlib.md5(data).hexdigest()}"


@pytest.fixture
def site(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serve() as site:
        site.files["a.bin"] = DATA
        yield site


@pytest.fixture
def target(tmp_path):
    return tmp_path / "folder" / "a.bin"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_downloaded(site, target, capsys):
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA
    assert names(target.parent) == ["a.bin"]
    assert site.requests == [("a.bin", None)]
    assert capsys.readouterr().err == f"Downloading {site.url}a.bin\n"


def test_a_file_that_is_there_is_left_alone(site, target):
    target.parent.mkdir()
    target.write_bytes(b"mine")
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == b"mine"
    assert names(target.parent) == ["a.bin"]
    assert site.requests == []


@pytest.mark.parametrize("chunked", [False, True])
def test_a_connection_that_breaks_off_is_taken_up(site, target, chunked):
    site.chunked = chunked
    site.breaks = [100_000, 50_000, 1]
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA
    assert site.requests[0] == ("a.bin", None)
    assert len(site.requests) == 4
    if not chunked:
        assert [asked for _, asked in site.requests[1:]] == [
            "bytes=100000-",
            "bytes=150000-",
            "bytes=150001-",
        ]


def test_a_download_that_was_interrupted_goes_on(site, target):
    target.parent.mkdir()
    part = target.with_name("a.bin.part")
    part.write_bytes(DATA[:1234])
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA
    assert site.requests == [("a.bin", "bytes=1234-")]
    assert names(target.parent) == ["a.bin"]


def test_a_server_without_ranges_sends_everything_again(site, target):
    site.ranges = False
    site.breaks = [200_000]
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA
    assert site.requests == [("a.bin", None), ("a.bin", "bytes=200000-")]


@pytest.mark.parametrize("left", [b"something else", DATA + b"more", DATA[::-1]])
def test_what_is_left_of_another_file_is_dropped(site, target, left):
    target.parent.mkdir()
    target.with_name("a.bin.part").write_bytes(left)
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA


def test_a_part_that_is_complete_is_not_downloaded_again(site, target):
    target.parent.mkdir()
    target.with_name("a.bin.part").write_bytes(DATA)
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA
    assert site.requests == [("a.bin", f"bytes={len(DATA)}-")]


def test_a_server_that_sends_another_range(site, target):
    site.shift = 5
    site.breaks = [1000]
    get([site.url + "a.bin"], target, md5(DATA))
    assert target.read_bytes() == DATA


def test_the_next_server_is_asked(site, target):
    urls = ["http://127.0.0.1:9/a.bin", site.url + "missing.bin", site.url + "a.bin"]
    get(urls, target, md5(DATA))
    assert target.read_bytes() == DATA


def test_every_server_says_why(site, target):
    site.files["page.bin"] = b"<html>please log in</html>"
    site.files["wrong.bin"] = b"1234"
    urls = [site.url + name for name in ("missing.bin", "page.bin", "wrong.bin")]
    with pytest.raises(DownloadError) as caught:
        get(["http://127.0.0.1:9/x", *urls], target, md5(DATA))
    assert str(caught.value) == (
        "a.bin could not be downloaded from http://127.0.0.1:9/x: no connection: "
        "[Errno 111] Connection refused; nor from "
        f"{urls[0]}: the server answers 404 Not Found; nor from "
        f"{urls[1]}: the server sent an HTML page; nor from "
        f"{urls[2]}: the 4 bytes that came have the checksum {md5(b'1234')}, it must be {md5(DATA)}"
    )
    assert names(target.parent) == []


def test_what_came_is_kept_when_the_connection_is_gone(site, target):
    site.breaks = [1000, 0, 0]
    with pytest.raises(DownloadError, match="broke off after 1000 of 300000 bytes"):
        get([site.url + "a.bin"], target, md5(DATA))
    assert names(target.parent) == ["a.bin.part"]
    site.breaks = []
    get([site.url + "a.bin"], target, md5(DATA))
    assert site.requests[-1] == ("a.bin", "bytes=1000-")
    assert target.read_bytes() == DATA


def test_a_connection_that_always_breaks_off_is_given_up(site, target):
    site.breaks = [10] * 50
    with pytest.raises(DownloadError, match="broke off 10 times"):
        get([site.url + "a.bin"], target, md5(DATA))


def test_a_server_that_does_not_stop(site, target, monkeypatch):
    monkeypatch.setattr(download, "MAX_BYTES", 200_000)
    with pytest.raises(DownloadError, match="the server sends more than 200000 bytes"):
        get([site.url + "a.bin"], target, md5(DATA))
    assert names(target.parent) == []


def test_a_server_that_is_silent(site, target, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.05)
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.bin"
        with pytest.raises(DownloadError, match="timed out"):
            get([url], target, md5(DATA))


def test_a_folder_that_cannot_be_written(site, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="file/a.bin cannot be written: "):
        get([site.url + "a.bin"], tmp_path / "file" / "a.bin", md5(DATA))


def test_a_full_disk(site):
    script = (
        "import resource, signal, sys, pathlib\n"
        "from tinygrad_c.vision.datasets.download import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
        "try: download([sys.argv[1]], pathlib.Path(sys.argv[2]), sys.argv[3])\n"
        "except DownloadError as error: print(error)\n"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        arguments = [site.url + "a.bin", f"{folder}/a.bin", md5(DATA)]
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
        )
    assert done.stdout == f"{folder}/a.bin cannot be written: File too large\n"


def test_two_that_want_the_same_file_download_it_once(site, target):
    threads = [
        threading.Thread(target=get, args=([site.url + "a.bin"], target, md5(DATA)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() == DATA
    assert len(site.requests) == 1
    assert names(target.parent) == ["a.bin"]


# Through the data sets


@pytest.fixture
def mnist(site, tmp_path, monkeypatch):
    """A server with four small files, which MNIST and FashionMNIST take for theirs."""
    from vision.test_mnist import write

    resources = []
    for path in sorted(write(tmp_path / "server").iterdir(), reverse=True):
        site.files[path.name] = path.read_bytes()
        resources.append((path.name, hashlib.md5(path.read_bytes()).hexdigest()))
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/", site.url])
    monkeypatch.setattr(FashionMNIST, "mirrors", [site.url])
    # In torchvision's order: train before t10k, images before labels.
    resources.sort(key=lambda resource: (resource[0][0] != "t", resource[0][1] != "r", resource))
    for kind in (MNIST, FashionMNIST):
        monkeypatch.setattr(kind, "resources", list(resources))
    return site


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST])
def test_mnist_is_downloaded_once(mnist, tmp_path, kind):
    root = tmp_path / "data"
    assert len(kind(root, download=True)) == 40
    assert len(kind(root, train=False)) == 12
    assert len(mnist.requests) == 4
    assert names(root / kind.__name__ / "raw") == sorted(name for name, _ in kind.resources)
    kind(root, train=False, download=True)
    assert len(mnist.requests) == 4


def test_only_what_is_missing_is_downloaded(mnist, tmp_path):
    MNIST(tmp_path, download=True)
    (tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    MNIST(tmp_path, download=True)
    assert [name for name, _ in mnist.requests[4:]] == ["t10k-labels-idx1-ubyte.gz"]


def archive(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


RECORDS = {
    name: bytes([place]) + bytes([place] * 3072)
    for place, name in enumerate([*CIFAR10.train_list, *CIFAR10.test_list])
}


@pytest.fixture
def cifar(site, monkeypatch):
    data = archive({"readme.html": b"<html>", **RECORDS})
    site.files[CIFAR10.filename] = data
    monkeypatch.setattr(CIFAR10, "url", site.url + CIFAR10.filename)
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(data).hexdigest())
    return site


@pytest.mark.filterwarnings("ignore:CIFAR10. the files in .* hold")
def test_cifar_is_downloaded_and_unpacked_once(cifar, tmp_path):
    dataset = CIFAR10(tmp_path, download=True)
    assert dataset.targets == [0, 1, 2, 3, 4]
    assert names(tmp_path) == ["cifar-10-batches-bin"]
    assert names(tmp_path / "cifar-10-batches-bin") == sorted(RECORDS)
    assert CIFAR10(tmp_path, train=False, download=True).targets == [5]
    assert len(cifar.requests) == 1


def test_an_archive_that_cannot_be_unpacked(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(archive({"x.bin": b"1"}))
    with pytest.raises(DownloadError, match=r"lacks \['y.bin'\]: delete it"):
        unpack(path, tmp_path / "out", ["x.bin", "y.bin"])
    assert (tmp_path / "out" / "x.bin").read_bytes() == b"1"
    for data in (b"", b"no archive", path.read_bytes()[:60]):
        path.write_bytes(data)
        with pytest.raises(DownloadError, match="a.tar.gz is damaged: .*: delete it"):
            unpack(path, tmp_path / "out", ["x.bin"])
    with pytest.raises(DownloadError, match=r"a.tar.gz/x cannot be written"):
        unpack(path, path / "x", ["x.bin"])
