"""Profiles: chosen, switched in a running conversation, refused with a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.engine_port import Pair
from desktop.pair_model import Phase
from desktop.session_config import session_config
from engine.config import KvType, Placement, SamplingConfig
from engine.library.profiles import Profile
from tests.desktop.desk import Desk


@pytest.fixture
def profile(tmp_path: Path, desk: Desk) -> Profile:
    target = tmp_path / "target.gguf"
    target.touch()
    request = replace(
        desk.pair.request,
        pair=Pair(target, None),
        context_length=2048,
        kv_type=KvType.Q8_0,
        placement=Placement(gpu_layers=3),
    )
    return Profile(
        name="Code", session=session_config(request), sampling=SamplingConfig(temperature=0.0)
    )


def test_a_profile_brings_pair_placement_and_sampling(
    qtbot: QtBot, desk: Desk, profile: Profile
) -> None:
    assert desk.profiles.save(profile, in_use=True)
    desk.profiles.choose("Code")
    qtbot.waitUntil(lambda: len(desk.opener.requests) == 2 and desk.pair.phase is Phase.READY)
    loaded = desk.opener.requests[-1]
    assert loaded.pair == Pair(profile.session.target.path, None)
    assert (loaded.context_length, loaded.kv_type) == (2048, KvType.Q8_0)
    assert loaded.placement == Placement(gpu_layers=3)
    desk.chat.send("Hello")
    qtbot.waitUntil(lambda: desk.chat.run is None)
    assert desk.session.samplings[-1].temperature == 0.0


def test_a_profile_saved_for_later_changes_nothing_now(desk: Desk, profile: Profile) -> None:
    desk.profiles.save(profile, in_use=True)
    desk.profiles.save(replace(profile, sampling=SamplingConfig()), in_use=False)
    assert desk.profiles.active is None
    assert [kept.sampling for kept in desk.profiles.profiles] == [SamplingConfig()]


def test_another_sampling_alone_loads_nothing(qtbot: QtBot, desk: Desk, profile: Profile) -> None:
    desk.profiles.save(profile, in_use=True)
    prose = replace(profile, name="Prose", sampling=SamplingConfig(temperature=1.0))
    desk.profiles.save(prose, in_use=False)
    desk.profiles.choose("Code")
    qtbot.waitUntil(lambda: len(desk.opener.requests) == 2 and desk.pair.phase is Phase.READY)
    desk.profiles.choose("Prose")
    assert desk.pair.phase is Phase.READY
    assert desk.pair.sampling.temperature == 1.0
    assert len(desk.opener.requests) == 2


def _active(desk: Desk) -> Profile | None:
    """Asked anew: what was known of it before does not count."""
    return desk.profiles.active


def test_choosing_models_leaves_the_profile(qtbot: QtBot, desk: Desk, profile: Profile) -> None:
    desk.profiles.save(profile, in_use=True)
    assert desk.profiles.active == profile
    desk.pair.choose(replace(desk.pair.request, pair=Pair(Path("/other.gguf"), None)))
    assert _active(desk) is None
    assert desk.pair.sampling == SamplingConfig()


def test_a_profile_whose_model_is_gone_is_refused(desk: Desk, profile: Profile) -> None:
    desk.profiles.save(profile, in_use=True)
    desk.profiles.leave()
    profile.session.target.path.unlink()
    desk.profiles.choose("Code")
    assert desk.profiles.active is None
    assert "target.gguf is not there now" in desk.failures[-1].sentence
    assert len(desk.opener.requests) == 1


def test_renamed_and_deleted(desk: Desk, profile: Profile) -> None:
    desk.profiles.save(profile, in_use=True)
    desk.profiles.rename("Code", "Programs")
    assert desk.profiles.active is not None
    assert desk.profiles.active.name == "Programs"
    desk.profiles.delete("Programs")
    assert _active(desk) is None
    assert not desk.profiles.profiles
