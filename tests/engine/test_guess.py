"""Guesses of the draft and of the text, with and without a draft."""

from itertools import chain, repeat

import numpy as np

from engine.cancel import CancelToken
from engine.draft_tree import ROOT, DraftTree
from engine.drafter import Drafter
from engine.events import Origin
from engine.grow_tree import TreeShape
from engine.guess import Guesser, Suggestions
from engine.latency import MeasuredModel
from engine.planner import Chances
from engine.recycle import Recycler
from engine.suggest import SuffixSuggester
from tests.fakes import FakeModel

TEXT = [4, 5, 6, 7, 4, 5]
SHAPE = TreeShape(budget=12, max_depth=4)


def guesser(draft: FakeModel | None) -> Guesser:
    drafter = Drafter(MeasuredModel(draft), [3], 12) if draft is not None else None
    return Guesser(drafter, SuffixSuggester([3]), Recycler([3]))


def worth(sources: Guesser, suggested: Suggestions) -> Chances:
    return sources.merge(DraftTree.empty(), suggested).chances


def test_without_a_draft_only_the_text_guesses() -> None:
    sources = guesser(None)
    drafted = sources.draft(TEXT, SHAPE, CancelToken())
    suggested = sources.suggest(TEXT, 8)
    assert len(drafted) == 0
    assert suggested[Origin.NGRAM].token.tolist() == [6, 7, 4, 5]
    assert len(suggested[Origin.RECYCLED]) == 0, "no pass was scored yet"
    merged = sources.merge(drafted, suggested)
    assert [merged.origin_of(node) for node in range(len(merged.tree))] == [Origin.NGRAM] * 4


def test_without_a_draft_there_is_nothing_to_keep_or_close() -> None:
    sources = guesser(None)
    sources.draft_ahead(TEXT, SHAPE, lambda: True, CancelToken())
    sources.rewind(TEXT)
    sources.keep([6])
    sources.restore()
    sources.forget()
    sources.close()
    assert sources.draft_seconds == 0.0


def test_suggestions_are_no_deeper_than_asked_for() -> None:
    sources = guesser(None)
    assert sources.suggest(TEXT, 2)[Origin.NGRAM].max_depth == 2
    assert sources.suggest(list(range(12)) * 20, 200)[Origin.NGRAM].max_depth < 200


def test_the_worth_of_suggestions_is_their_calibrated_chance_best_first() -> None:
    sources = guesser(None)
    tree = DraftTree.build([(1, ROOT, -3.0), (2, ROOT, -0.1), (5, 1, -1.0)])
    suggested = {Origin.NGRAM: tree}
    assert np.allclose(worth(sources, suggested), np.exp([-0.1, -1.0, -3.0]))
    for _ in range(100):
        sources.calibrations[Origin.NGRAM].observe(tree, np.array([True, False, False]))
    assert worth(sources, suggested)[0] > 0.9
    assert (np.diff(worth(sources, suggested)) <= 0).all()
    assert len(worth(sources, {})) == 0


def test_past_passes_are_believed_less_than_the_text_itself() -> None:
    sources, tree = guesser(None), DraftTree.build([(1, ROOT, -0.1)])
    assert worth(sources, {Origin.RECYCLED: tree}) < 0.5 * worth(sources, {Origin.NGRAM: tree})


def test_both_sources_are_one_tree() -> None:
    sources = guesser(FakeModel(slot_count=64))
    drafted = sources.draft(TEXT, SHAPE, CancelToken())
    merged = sources.merge(drafted, sources.suggest(TEXT, 4))
    assert len(drafted) == SHAPE.budget
    assert merged.origin_of(0) is Origin.TREE
    assert len(merged.tree) >= SHAPE.budget
    assert merged.tree.child(ROOT, 6) is not None, "what the text suggests"
    sources.restore()


def test_the_draft_goes_on_only_while_the_target_works() -> None:
    draft = FakeModel(slot_count=64)
    sources = guesser(draft)
    sources.draft(TEXT, SHAPE, CancelToken())
    passes = draft.passes
    sources.draft_ahead(TEXT, SHAPE, lambda: False, CancelToken())
    assert draft.passes == passes
    busy = chain([True] * 3, repeat(False))
    sources.draft_ahead(TEXT, SHAPE, lambda: next(busy), CancelToken())
    assert draft.passes == passes + 3
    sources.draft_ahead(TEXT, SHAPE, lambda: True, CancelToken())
    assert draft.passes > passes + 3, "and it ends by itself"
    sources.restore()


def test_the_draft_follows_the_text() -> None:
    draft = FakeModel(slot_count=64)
    sources = guesser(draft)
    assert sources.draft_seconds == 0.0
    best = sources.draft(TEXT, SHAPE, CancelToken())
    assert sources.draft_seconds > 0.0
    sources.keep([int(best.token[0])])
    sources.restore()
    assert list(draft.seen(0)) == [*TEXT, int(best.token[0])]
    sources.rewind(TEXT[:3])
    assert list(draft.seen(0)) == TEXT[:3]
    sources.forget()
    assert draft.cells == []
    sources.close()
    assert draft.closed


def test_what_a_pass_scored_is_suggested_the_next_time() -> None:
    sources = guesser(None)
    row = np.zeros(12, dtype=np.float32)
    row[[7, 9]] = 9.0, 8.0
    sources.learn(sources.merge(DraftTree.empty(), {}), [5], np.array([row]), pass_seconds=100.0)
    recycled = sources.suggest([1, 5], 4)[Origin.RECYCLED]
    assert recycled.token[:2].tolist() == [7, 9]
    merged = sources.merge(DraftTree.empty(), {Origin.RECYCLED: recycled})
    assert merged.origin_of(0) is Origin.RECYCLED


def test_past_passes_rest_while_their_guesses_are_worth_no_row() -> None:
    sources, row = guesser(None), np.zeros((1, 12), dtype=np.float32)
    row[0, [7, 9]] = 9.0, 8.0
    nothing = sources.merge(DraftTree.empty(), {})
    asked = []
    for _ in range(100):
        asked.append(Origin.RECYCLED in sources.suggest([1, 5], 4))
        sources.learn(nothing, [5], row, pass_seconds=100.0)
    assert all(asked[:32])
    assert 0 < sum(asked[32:]) < 10
    while Origin.RECYCLED not in (suggested := sources.suggest([1, 5], 4)):
        sources.learn(nothing, [5], row, pass_seconds=100.0)
    scored = sources.merge(DraftTree.empty(), suggested)
    sources.learn(scored, [5], row, pass_seconds=100.0)
    assert Origin.RECYCLED in sources.suggest([1, 5], 4), "one was worth a row: awake again"
