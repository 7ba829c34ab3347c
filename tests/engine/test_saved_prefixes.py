"""Prefixes on the disk: the right one comes back, and no file can do harm."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cancel import CancelToken
from engine.config import KvType
from engine.prefill import Prefix
from engine.saved_prefixes import LEAST_TOKENS, SavedPrefixes, prefix_folder
from tests.fakes import FakeModel

ROOM = 2000
LIMIT = 1 << 20


def talk(name: str, length: int = 400) -> list[int]:
    """A conversation's tokens."""
    return [(ord(name) * 7 + place * place) % 12 for place in range(length)]


class Cache:
    """A model with its prefix and the files of one folder."""

    def __init__(self, root: Path, *, limit: int = LIMIT, whole: bool = False) -> None:
        self.model = FakeModel(context_length=ROOM, max_rows=256)
        self.prefix = Prefix(self.model)
        self.saved = SavedPrefixes(root / "model", self.model, limit, whole)

    def turn(self, tokens: Sequence[int], *, save: bool = True) -> int:
        """Bring the prefix to `tokens`; returns how many of them were not processed."""
        self.saved.switch(self.prefix, tokens, save=save)
        reused = self.prefix.rewind(tokens)
        for _ in self.prefix.advance(tokens[reused:], CancelToken()):
            pass
        assert self.model.seen(0) == tuple(tokens) == tuple(self.prefix.tokens)
        return reused

    @property
    def files(self) -> list[Path]:
        return sorted(self.saved.folder.glob("*"))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path)


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    with caplog.at_level(logging.WARNING, "outrider.saved_prefixes"):
        yield lambda: [record.getMessage() for record in caplog.records]


def test_going_back_processes_only_what_is_new(cache: Cache) -> None:
    first, second = talk("a"), talk("b", 500)
    assert cache.turn(first) == 0
    assert cache.turn(second) == 0
    assert cache.turn([*first, 1, 2, 3]) == len(first)
    assert cache.turn([*second, 4]) == len(second)
    assert len(cache.files) == 2


def test_another_session_finds_it_too(cache: Cache, tmp_path: Path) -> None:
    cache.turn(talk("a"))
    cache.saved.save(cache.prefix)
    assert Cache(tmp_path).turn(talk("a", 450)) == 400


def test_a_conversation_that_went_on_takes_its_old_files_place(cache: Cache) -> None:
    for length in (400, 450, 500):
        cache.turn(talk("a", length))
        cache.turn(talk("b"))
    assert len(cache.files) == 2
    assert cache.turn(talk("a", 500)) == 500


def test_an_edit_keeps_what_stands_before_it(cache: Cache) -> None:
    cache.turn(talk("a", 600))
    cache.turn(talk("b"))
    edited = [*talk("a", 500), 11, 11, 11]
    assert cache.turn(edited) >= 500


@pytest.mark.parametrize("length", [LEAST_TOKENS - 1, 10])
def test_what_is_short_is_processed_again(cache: Cache, length: int) -> None:
    cache.turn(talk("a", length))
    cache.turn(talk("b"))
    assert cache.files == []


def test_a_reply_made_anew_saves_nothing(cache: Cache) -> None:
    cache.turn(talk("a", 1000))
    cache.turn([*talk("a", 600), 11])
    assert cache.files == []


def test_what_must_not_be_saved_is_not(cache: Cache) -> None:
    cache.turn(talk("a"))
    cache.turn(talk("b"), save=False)
    assert cache.files == []


def test_a_window_brings_a_prefix_back_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    cache = Cache(tmp_path, whole=True)
    cache.turn(talk("a", 600))
    cache.turn(talk("b"))
    assert cache.turn([*talk("a", 500), 11]) == 0
    cache.turn(talk("b"))
    assert cache.turn(talk("a", 700)) == 600
    assert cache.turn(talk("a", 650)) == 650
    assert cache.turn(talk("a", 599)) == 0
    assert cache.turn(talk("a", 300)) == 300


def test_a_prefix_longer_than_the_context_stays_where_it_is(cache: Cache, tmp_path: Path) -> None:
    cache.turn(talk("a", 1500))
    cache.saved.save(cache.prefix)
    small = Cache(tmp_path)
    small.model.context_length = 1000
    assert small.turn(talk("a", 900)) == 0
    assert cache.files != []


@pytest.fixture(scope="module")
def sound_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """Name and content of a file."""
    cache = Cache(tmp_path_factory.mktemp("prefixes"))
    cache.turn(talk("a"))
    cache.saved.save(cache.prefix)
    [file] = cache.files
    return file.name, file.read_bytes()


@given(data=st.data())
def test_a_damaged_file_is_never_handed_over(
    sound_file: tuple[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name, content = sound_file
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= data.draw(st.integers(1, 255))
    cache = Cache(tmp_path_factory.mktemp("prefixes"))
    cache.saved.folder.mkdir()
    file = cache.saved.folder / name
    file.write_bytes(data.draw(st.sampled_from([bytes(changed), content[:place]])))
    cache.saved.switch(cache.prefix, talk("a"), save=False)
    assert (cache.model.loads, cache.prefix.tokens) == (0, [])


def test_a_damaged_file_is_deleted_and_told(
    cache: Cache, tmp_path: Path, warnings: Callable[[], list[str]]
) -> None:
    cache.turn(talk("a"))
    cache.saved.save(cache.prefix)
    [file] = cache.files
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    Cache(tmp_path).turn(talk("a"))
    assert warnings() == [f"{file.name} is damaged and not used."]
    assert cache.files == []


def test_a_file_that_llama_cpp_refuses_is_no_prefix(
    cache: Cache, tmp_path: Path, warnings: Callable[[], list[str]]
) -> None:
    cache.turn(talk("a"))
    cache.saved.save(cache.prefix)
    other = Cache(tmp_path)
    other.model.refuses_files = True
    assert other.turn(talk("a")) == 0
    assert len(warnings()) == 1


def test_the_files_that_rest_longest_go_first(
    tmp_path: Path, sound_file: tuple[str, bytes]
) -> None:
    cache = Cache(tmp_path, limit=int(2.5 * len(sound_file[1])))
    for name in "ab":
        cache.turn(talk(name))
        cache.saved.save(cache.prefix)
        for file in cache.files:
            os.utime(file, (file.stat().st_mtime - 100, file.stat().st_mtime - 100))
    assert cache.turn(talk("a", 410), save=False) == 400, "used again: no longer the oldest"
    cache.turn(talk("c"), save=False)
    cache.saved.save(cache.prefix)
    assert len(cache.files) == 2
    assert cache.turn(talk("b"), save=False) == 0
    assert cache.turn(talk("a"), save=False) == 400


def test_all_models_share_one_limit(tmp_path: Path, sound_file: tuple[str, bytes]) -> None:
    limit = int(1.5 * len(sound_file[1]))
    one, two = Cache(tmp_path, limit=limit), Cache(tmp_path, limit=limit)
    two.saved = SavedPrefixes(tmp_path / "other", two.model, limit)
    for cache in (one, two):
        cache.turn(talk("a"))
        cache.saved.save(cache.prefix)
    assert (len(one.files), len(two.files)) == (0, 1)


@pytest.mark.parametrize("free", [0, 1 << 30])
def test_a_disk_without_room_is_left_alone(
    cache: Cache,
    monkeypatch: pytest.MonkeyPatch,
    warnings: Callable[[], list[str]],
    free: int,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    cache.turn(talk("a"))
    cache.turn(talk("b"))
    assert cache.files == []
    assert warnings()[0].startswith("A prefix of 400 tokens is not saved: it needs ")


def test_a_write_that_fails_leaves_nothing(
    cache: Cache, monkeypatch: pytest.MonkeyPatch, warnings: Callable[[], list[str]]
) -> None:
    def full(part: Path, _tokens: Sequence[int]) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.model, "save_slot", full)
    cache.turn(talk("a"))
    cache.turn(talk("b"))
    assert cache.files == []
    assert warnings() == ["A prefix of 400 tokens is not saved: [Errno 28] No space left on device"]


def test_each_model_and_kind_of_cache_has_a_folder(tmp_path: Path, own_home: Path) -> None:
    one, two = tmp_path / "one.gguf", tmp_path / "two.gguf"
    one.write_bytes(b"one")
    two.write_bytes(b"two")
    folders = {prefix_folder(model, kv) for model in (one, two) for kv in KvType}
    assert len(folders) == 6
    assert {folder.parent for folder in folders} == {own_home / "cache" / "prefixes"}
