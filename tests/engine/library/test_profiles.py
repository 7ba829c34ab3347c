"""Profiles: what is kept comes back, and nothing that is kept is lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import paths
from engine.config import (
    KvType,
    Mode,
    ModelConfig,
    Placement,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import BadSetting, DiskTrouble
from engine.library.profiles import Profile, ProfileStore

PLAIN = Profile(name="Plain", session=SessionConfig(target=ModelConfig(path=Path("/m/big.gguf"))))
placements = st.builds(
    Placement,
    devices=st.none() | st.lists(st.sampled_from(["CUDA0", "RPC0"]), max_size=2).map(tuple),
    gpu_layers=st.integers(-1, 80),
    streamed=st.booleans(),
)
models = st.builds(
    ModelConfig, path=st.sampled_from([Path("/m/a.gguf"), Path("ü b.gguf")]), placement=placements
)
names = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)
profiles = st.builds(
    Profile,
    name=names,
    session=st.builds(
        SessionConfig,
        target=models,
        draft=st.none() | models | st.builds(SelfDraft, placement=placements),
        context_length=st.integers(64, 1 << 20),
        kv_type=st.sampled_from(KvType),
        speculation=st.builds(
            SpeculationConfig, mode=st.sampled_from(Mode), budget=st.integers(1, 600)
        ),
        rpc_endpoints=st.just(()) | st.just(("127.0.0.1:50052",)),
    ),
    sampling=st.builds(
        SamplingConfig,
        temperature=st.floats(0, 2),
        top_k=st.integers(0, 100),
        seed=st.none() | st.integers(0, 1 << 62),
        stop=st.lists(st.text(st.characters(categories=["L"]), min_size=1), max_size=2).map(tuple),
    ),
)


@given(kept=st.lists(profiles, max_size=3, unique_by=lambda profile: profile.name.casefold()))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_comes_back(tmp_path: Path, kept: list[Profile]) -> None:
    file = tmp_path / "profiles.toml"
    file.unlink(missing_ok=True)
    store = ProfileStore(file)
    for profile in kept:
        store.add(profile)
    assert list(ProfileStore(file).profiles) == kept
    assert [path.name for path in tmp_path.glob("profiles*")] == ["profiles.toml"] * bool(kept)


def test_profiles_are_added_changed_renamed_and_deleted() -> None:
    store = ProfileStore()
    store.add(PLAIN)
    store.add(replace(PLAIN, name="Code"))
    changed = replace(PLAIN, sampling=SamplingConfig(temperature=0.0))
    store.change(changed)
    store.rename("plain", "PLAIN")
    store.rename("Code", "Prose")
    assert [profile.name for profile in ProfileStore().profiles] == ["PLAIN", "Prose"]
    assert ProfileStore().find("plain").sampling.temperature == 0.0
    store.delete("plain")
    assert [profile.name for profile in ProfileStore().profiles] == ["Prose"]


def test_only_what_differs_is_written() -> None:
    ProfileStore().add(PLAIN)
    text = (paths.config_dir() / "profiles.toml").read_text()
    assert "temperature" not in text
    assert 'path = "/m/big.gguf"' in text


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "two\nlines", "\u202eturned"])
def test_a_name_is_one_readable_line(name: str) -> None:
    with pytest.raises(BadSetting):
        replace(PLAIN, name=name)


def test_a_name_is_taken_once_and_must_exist() -> None:
    store = ProfileStore()
    store.add(PLAIN)
    store.add(replace(PLAIN, name="Other"))
    with pytest.raises(BadSetting, match="There is a profile “PLAIN” already"):
        store.add(replace(PLAIN, name="PLAIN"))
    with pytest.raises(BadSetting, match="already"):
        store.rename("Other", "plain")
    for change in (store.find, store.delete):
        with pytest.raises(BadSetting, match="There is no profile “Nobody”"):
            change("Nobody")


def test_a_profile_that_makes_no_sense_is_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    good = '[[profile]]\nname = "Plain"\nsession = {target = {path = "/m/big.gguf"}}\n'
    bad = (
        '[[profile]]\nname = "B"\n',
        '[[profile]]\nname = "C"\nsession = {target = {path = 3}}\n',
        '[[profile]]\nname = "D"\nnew = 1\nsession = {target = {path = "x"}}\n',
        '[[profile]]\nname = "E"\nsession = {target = {path = "x"}, context_length = 1}\n',
        '[[profile]]\nname = "plain"\nsession = {target = {path = "x"}}\n',
        '[[profile]]\nname = "F"\nsession = {target = {path = "x"}, draft = 3}\n',
        '[[profile]]\nname = "G"\nsession = {target = {path = "x"}, kv_type = "f64"}\n',
    )
    file.write_text(good + "".join(bad))
    store = ProfileStore(file)
    assert list(store.profiles) == [PLAIN]
    assert len(store.faults) == len(bad)
    assert store.faults[0].startswith("Profile 2 of profiles.toml is not used: ")
    store.rename("Plain", "Renamed")
    again = ProfileStore(file)
    assert [profile.name for profile in again.profiles] == ["Renamed", "plain"]
    assert len(again.faults) == len(bad) - 1


@pytest.mark.parametrize("content", ["{", "profile = 3", "\xff"])
def test_a_file_that_makes_no_sense_is_told_and_left(tmp_path: Path, content: str) -> None:
    file = tmp_path / "profiles.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(BadSetting, match=r"profiles\.toml"):
        ProfileStore(file)
    assert file.read_bytes() == content.encode("latin-1")


def test_a_disk_that_refuses_leaves_the_former_profiles(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path / "gone" / "profiles.toml")
    with pytest.raises(DiskTrouble):
        store.add(PLAIN)
    assert list(store.profiles) == []


def test_a_profile_says_which_model_is_missing(tmp_path: Path) -> None:
    target = tmp_path / "big.gguf"
    draft = ModelConfig(path=tmp_path / "small.gguf")
    profile = replace(PLAIN, session=SessionConfig(target=ModelConfig(path=target), draft=draft))
    assert profile.missing == "big.gguf is not there now."
    target.touch()
    assert profile.missing == "small.gguf is not there now."
    draft.path.touch()
    assert profile.missing == ""
    own_copy = replace(profile, session=replace(profile.session, draft=SelfDraft()))
    assert own_copy.missing == ""
    helper = ModelConfig(path=tmp_path / "tiny.gguf")
    helped = replace(profile, session=replace(profile.session, helper=helper))
    assert helped.missing == "", "it would do without"
