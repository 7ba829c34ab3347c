"""Rows, filters and words of the model dialog."""

from pathlib import Path

import pytest

from desktop.engine_port import OpenRequest, Pair
from desktop.fit_badges import FreeMemory
from desktop.model_choices import (
    ModelRow,
    NoModel,
    RowFilter,
    draft_choice,
    draft_rows,
    pair_of,
    target_rows,
)
from desktop.model_library import FoundModel
from desktop.plan_words import change_action, verdict_text
from desktop.session_config import open_request, session_config
from engine.config import KvType, Placement, SelfDraft, SpeculationConfig
from engine.library.drafts import Grade, RankedDraft
from engine.memory_plan.values import ChangeKind, Verdict
from tests.desktop.fakes import BIG, BROKEN, GIGA, OTHER, SMALL, make_plan

TARGET = Path("/models/target.gguf")


def badges(rows: list[ModelRow]) -> list[str]:
    return [row.badge.words if row.badge else "" for row in rows]


def test_targets_say_by_size_where_they_go() -> None:
    sizes = (3 * GIGA, 8 * GIGA, 40 * GIGA)
    models = [FoundModel(Path(f"/{size}"), str(size), "Q8_0", size) for size in sizes]
    rows = target_rows(models, FreeMemory(ram=8 * GIGA, devices=4 * GIGA))
    assert badges(rows) == ["Fits the GPU", "GPU + memory", "From disk"]
    assert [row.fits for row in rows] == [True, True, False]
    without_card = target_rows(models, FreeMemory(ram=10 * GIGA, devices=0))
    assert badges(without_card) == ["Fits in memory", "Fits in memory", "From disk"]


@pytest.mark.parametrize(
    ("verdict", "badge", "reason"),
    [
        (Verdict.OFFLOADED, "GPU + memory", "24 of 65 layers on the GPU, 41 in memory"),
        (Verdict.STREAMED, "From disk", "9.0 GB are read from the disk in each pass"),
        (Verdict.IMPOSSIBLE, "Too large", "Needs 0.5 GB more memory than can be used"),
    ],
)
def test_the_chosen_target_says_what_its_plan_says(
    verdict: Verdict, badge: str, reason: str
) -> None:
    plan = make_plan(
        verdict=verdict, ram=8 * GIGA if verdict is not Verdict.IMPOSSIBLE else GIGA // 2
    )
    (row,) = target_rows([BIG], FreeMemory.of(plan), (BIG.path, plan))
    assert row.badge is not None
    assert (row.badge.words, row.reason) == (badge, reason)


def test_offline_models_are_no_failures() -> None:
    away = FoundModel(Path("/a"), "a", refusal="Its folder is not there now.", offline=True)
    assert badges(target_rows([away, BROKEN])) == ["Offline", "Incomplete"]


def test_drafts_that_gain_little_come_after_the_ways_without_one() -> None:
    ranked = [
        RankedDraft(SMALL.path, "small", Grade.GREEN, "Same tokenizer.", 3.0, measured=True),
        RankedDraft(
            SelfDraft(),
            "Copy of the target in Q2_K",
            Grade.AMBER,
            "Too big.",
            0.9,
            quantization="Q2_K",
        ),
        RankedDraft(OTHER.path, "other", Grade.RED, "Token 139 differs: “ the” / “ The”."),
        RankedDraft(BROKEN.path, "broken", Grade.RED, "The file ends early."),
    ]
    rows = draft_rows(BIG, [BIG, SMALL, OTHER, BROKEN], ranked, plain=2.0)
    assert [row.choice for row in rows] == [
        *(SMALL.path, NoModel.NGRAM, NoModel.PLAIN, SelfDraft(), OTHER.path),
    ]
    assert rows[0].reason == "6.0 tokens/s"
    assert rows[3].reason == "Too big"
    assert not rows[4].usable
    assert "Token 139 differs" in rows[4].sentence


def test_until_they_are_ranked_drafts_cannot_be_chosen_but_copy_and_none_can() -> None:
    rows = draft_rows(BIG, [BIG, SMALL], None, copy=SelfDraft(quantization="Q2_K"))
    assert [row.usable for row in rows] == [True, True, True, False]
    assert rows[0].choice == SelfDraft(quantization="Q2_K")


@pytest.mark.parametrize(
    ("row_filter", "names"),
    [
        (RowFilter(), ["big", "other", "small", "broken"]),
        (RowFilter(words="SMA q8"), ["small"]),
        (RowFilter(quantization="Q4_K_M"), ["big", "other"]),
        (RowFilter(only_fitting=True), ["other", "small"]),
        (RowFilter(family="small"), ["small"]),
    ],
)
def test_filters(row_filter: RowFilter, names: list[str]) -> None:
    rows = target_rows([BIG, OTHER, SMALL, BROKEN], FreeMemory(ram=2 * GIGA, devices=0))
    assert [row.name for row in rows if row_filter.accepts(row)] == names


def test_ways_without_a_model_pass_every_filter() -> None:
    rows = draft_rows(BIG, [BIG, SMALL], [])
    assert all(RowFilter(words="zzz", family="x", quantization="y").accepts(row) for row in rows)


@pytest.mark.parametrize("choice", [SMALL.path, SelfDraft(), NoModel.NGRAM, NoModel.PLAIN])
def test_a_choice_becomes_a_pair_and_back(choice: Path | SelfDraft | NoModel) -> None:
    assert draft_choice(pair_of(TARGET, choice)) == choice


@pytest.mark.parametrize(
    "draft", [Path("/models/draft.gguf"), SelfDraft(quantization="Q2_K"), None]
)
def test_a_request_survives_a_profile(draft: Path | SelfDraft | None) -> None:
    request = OpenRequest(
        pair=Pair(TARGET, draft, suggestions=False),
        context_length=2048,
        speculation=SpeculationConfig(budget=16, suggestions=False),
        kv_type=KvType.Q8_0,
        placement=Placement(gpu_layers=7),
        draft_placement=Placement(devices=()) if draft else Placement(),
    )
    assert open_request(session_config(request)) == request


def test_verdicts_mark_estimates_and_name_what_plain_gives() -> None:
    about = verdict_text(make_plan())
    assert about.sentence == "About 8.2 tokens/s, an estimate. Plain gives about 2.4."
    measured = verdict_text(make_plan(measured=True))
    assert measured.sentence == "Runs at 8.2 tokens/s, measured on this computer. Plain gives 2.4."
    impossible = verdict_text(make_plan(verdict=Verdict.IMPOSSIBLE))
    assert impossible.sentence.startswith("Will not run:")
    assert impossible.tone == "danger"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (ChangeKind.CONTEXT, "4096", "Use 4,096"),
        (ChangeKind.KV_TYPE, "q8_0", "Use Q8_0"),
        (ChangeKind.DRAFT, "self:Q2_K", "Use the Q2_K copy"),
        (ChangeKind.DRAFT, "none", "Use no draft"),
        (ChangeKind.QUANTIZATION, "Q3_K_M", "Find Q3_K_M"),
    ],
)
def test_a_change_is_a_verb(kind: ChangeKind, value: str, words: str) -> None:
    assert change_action(kind, value) == words
