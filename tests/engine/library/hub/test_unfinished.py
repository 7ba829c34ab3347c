"""Sidecars that somebody changed."""

import pytest

from engine.library.hub import unfinished
from engine.library.hub.cache import RepoCache
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, Setting


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"model": 7}', "\udcff", '{"model": {"repo": "../x"}}', "[" * 100_000],
)
def test_a_sidecar_that_makes_no_sense_is_left_alone(setting: Setting, text: str) -> None:
    model = setting.leave_part(100_000)
    sidecar = RepoCache(setting.cache_folder, REPO).sidecar(model)
    sidecar.write_bytes(text.encode(errors="surrogateescape"))
    assert unfinished.list_unfinished(setting.cache_folder) == []
    assert setting.download(model).read_bytes() == CONTENT
    assert setting.asked[0].headers["range"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f'"{FILE}"', '"../../../evil.gguf"'),
        (f'"{REPO}"', '"../evil"'),
        ('"commit": "0', '"commit": "/'),
        ('"sha256": "', '"sha256": "../'),
    ],
)
def test_a_sidecar_cannot_lead_out_of_the_cache(setting: Setting, old: str, new: str) -> None:
    model = setting.leave_part(100_000)
    sidecar = RepoCache(setting.cache_folder, REPO).sidecar(model)
    changed = sidecar.read_text().replace(old, new)
    assert changed != sidecar.read_text()
    sidecar.write_text(changed)
    assert unfinished.list_unfinished(setting.cache_folder) == []
