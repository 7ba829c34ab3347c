"""Hypothesis strategies and builders for trees and speculations on fakes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hypothesis import strategies as st

from engine.cancel import CancelToken
from engine.config import SamplingConfig
from engine.draft_tree import ROOT, DraftTree
from engine.drafter import Drafter
from engine.generate import Reply, Speculation, generate, generate_plain
from engine.guess import Guesser
from engine.helper import Helper
from engine.latency import MeasuredModel
from engine.planner import FixedPlanner, Plan, Planner
from engine.prefill import Prefix
from engine.recycle import Recycler
from engine.sample import Sampler
from engine.staging import Staging
from engine.suggest import SuffixSuggester
from tests.fakes import FakeModel


@st.composite
def draft_trees(draw: st.DrawFn, max_nodes: int = 40, vocabulary: int = 12) -> DraftTree:
    """Trees whose children are distinct tokens and never likelier than their parent."""
    nodes: list[tuple[int, int, float]] = []
    taken: set[tuple[int, int]] = set()
    for _ in range(draw(st.integers(0, max_nodes))):
        parent = draw(st.integers(ROOT, len(nodes) - 1))
        token = draw(st.integers(0, vocabulary - 1))
        if (parent, token) in taken:
            continue
        taken.add((parent, token))
        above = 0.0 if parent == ROOT else nodes[parent][2]
        nodes.append((token, parent, above - draw(st.floats(0.0, 4.0))))
    return DraftTree.build(nodes)


@dataclass
class Pair:
    """A target and a draft that agree more or less, with their speculation."""

    target: FakeModel
    draft: FakeModel
    speculation: Speculation


def make_pair(
    planner: Planner,
    *,
    target: FakeModel,
    draft: FakeModel,
    ends: set[int],
    helper: FakeModel | None = None,
    suggestions: bool = False,
    background: ThreadPoolExecutor | None = None,
) -> Pair:
    """A speculation over two fakes, or three: then the helper is asked, whatever it costs."""
    measured, drafting = MeasuredModel(target), MeasuredModel(draft)
    suggester = SuffixSuggester(ends)
    helping = Helper(MeasuredModel(helper), target.vocabulary_size) if helper else None
    suggest = suggester.after if suggestions else lambda _path: []
    staging = Staging(drafting, suggest, helping, (1e9, 1.0) if helper else None)
    drafter = Drafter(drafting, ends, target.vocabulary_size, staging=staging)
    guesser = Guesser(drafter, suggester, Recycler(ends))
    speculation = Speculation(
        measured,
        Prefix(measured),
        guesser,
        planner,
        suggestions=suggestions,
        background=background,
    )
    return Pair(target, draft, speculation)


def fixed(plan: Plan) -> FixedPlanner:
    """The same plan every round."""
    return FixedPlanner(plan)


def run_reply(pair: Pair, prompt: list[int], sampling: SamplingConfig, ends: set[int]) -> list[int]:
    """The tokens of one reply by the pair's planner, from wherever its caches are."""
    cancel = CancelToken()
    before_root = prompt[:-1]
    shared = pair.speculation.prefix.rewind(before_root)
    pair.speculation.guesser.rewind(before_root)
    for _ in pair.speculation.prefix.advance(before_root[shared:], cancel):
        pass
    reply = Reply(list(prompt), Sampler(sampling, prompt), ends.__contains__, sampling.max_tokens)
    return [token for r in generate(pair.speculation, reply, cancel) for token in r.tokens]


def plain_reply(
    target: FakeModel, prompt: list[int], sampling: SamplingConfig, ends: set[int]
) -> list[int]:
    """The same reply, one token per pass, on a fresh copy of the target."""
    twin = FakeModel(
        vocabulary_size=target.vocabulary_size, seed=target.seed, sharpness=target.sharpness
    )
    reply = Reply(list(prompt), Sampler(sampling, prompt), ends.__contains__, sampling.max_tokens)
    return generate_plain(twin, reply)
