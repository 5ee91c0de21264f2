"""Compiled code is run, so what comes out of the store must be what went in, and ours."""

import os
import stat
import time
from pathlib import Path

import pytest

from virtualskin.engine.kernel.cache import Store, user_folder

CODE = b"\x7fELF and so on"
posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kernels")


def file_of(store: Store, key: str) -> Path:
    return store.folder / f"{key}.code"


def test_what_went_in_comes_out(store: Store) -> None:
    key = Store.key("text", "cpu")
    assert store.read(key) is None
    store.write(key, CODE)
    assert store.read(key) == CODE
    assert [path.name for path in store.folder.iterdir()] == [f"{key}.code"]


def test_keys_keep_their_parts_apart() -> None:
    assert Store.key("ab", "c") != Store.key("a", "bc")
    assert Store.key("x") == Store.key("x")


@posix
def test_only_the_owner_may_enter(store: Store) -> None:
    store.write("key", CODE)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_changed_byte_is_seen(store: Store) -> None:
    store.write("key", CODE)
    file = file_of(store, "key")
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert store.read("key") is None


def test_a_file_under_another_key_is_not_taken(store: Store) -> None:
    store.write("key", CODE)
    os.replace(file_of(store, "key"), file_of(store, "other"))
    assert store.read("other") is None


@posix
def test_a_file_or_folder_that_others_may_write_is_not_taken(store: Store) -> None:
    store.write("key", CODE)
    file_of(store, "key").chmod(0o666)
    assert store.read("key") is None
    file_of(store, "key").chmod(0o600)
    assert store.read("key") == CODE
    store.folder.chmod(0o777)
    assert store.read("key") is None
    store.write("new", CODE)
    store.folder.chmod(0o700)
    assert store.read("new") is None


@posix
def test_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    store.write("key", CODE)
    elsewhere = tmp_path / "elsewhere"
    os.replace(file_of(store, "key"), elsewhere)
    file_of(store, "key").symlink_to(elsewhere)
    assert store.read("key") is None


def test_the_longest_unused_make_room(tmp_path: Path) -> None:
    store = Store(tmp_path, room=1400)
    tmp_path.chmod(0o700)
    for age, key in ((300, "old"), (200, "older_but_used"), (100, "new")):
        store.write(key, b"x" * 300)
        os.utime(file_of(store, key), (time.time() - age,) * 2)
    assert store.read("older_but_used") is not None
    os.utime(file_of(store, "old"), (0, 0))
    store.write("newest", b"x" * 300)
    assert store.read("old") is None
    assert store.read("older_but_used") is not None


def test_a_folder_that_cannot_be_made_is_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "kernels")
    store.write("key", CODE)
    assert store.read("key") is None


def test_the_folder_is_the_user_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert user_folder().is_relative_to(tmp_path)
    assert user_folder().parts[-2:] == ("virtualskin", "kernels")
