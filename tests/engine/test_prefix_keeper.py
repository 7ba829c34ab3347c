"""Which conversations a session saves and goes back to; then the same with the starter model."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from engine.cancel import CancelToken
from engine.config import KvType, Mode, SpeculationConfig
from engine.drafter import Drafter
from engine.generate import Speculation
from engine.guess import Guesser
from engine.latency import MeasuredModel
from engine.loading import LoadedModels
from engine.planner import PLAIN, FixedPlanner, Plan
from engine.prefill import Prefix
from engine.prefix_keeper import PrefixKeeper
from engine.recycle import Recycler
from engine.session import Session
from engine.suggest import SuffixSuggester
from engine.tokens import Prompt
from tests.engine.sessions import (
    ask,
    assert_same_up_to_near_ties,
    assistant,
    greedy,
    pair_config,
    user,
)
from tests.fakes import FakeModel

LIMIT = 1 << 30


def prompt(first: int, *, dropped: int = 0, length: int = 300) -> Prompt:
    return Prompt(tuple([first] * length), dropped)


class Talk:
    """A pair of fakes whose conversations a keeper saves."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        models = [FakeModel(context_length=1000, max_rows=256) for _ in range(2)]
        self.target, self.draft = models
        self.prefix = Prefix(self.target)
        self.drafter = Drafter(MeasuredModel(self.draft), [3], 12)
        self._speculation = Speculation(
            target=MeasuredModel(self.target),
            prefix=self.prefix,
            guesser=Guesser(self.drafter, SuffixSuggester([3]), Recycler([3])),
            planner=FixedPlanner(Plan(PLAIN, "")),
        )
        weights = [
            self._weights(folder, name, model) for name, model in zip("td", models, strict=True)
        ]
        loaded = SimpleNamespace(target=weights[0], draft=weights[1])
        self._keeper = PrefixKeeper(cast("LoadedModels", loaded), limit)

    def _weights(self, folder: Path, name: str, model: FakeModel) -> SimpleNamespace:
        path = folder / f"{name}.gguf"
        path.write_text(name)
        return SimpleNamespace(
            config=SimpleNamespace(path=path),
            kv_type=KvType.F16,
            contexts=[model],
            has_window=False,
        )

    def turn(self, prompt: Prompt, *, temporary: bool = False) -> tuple[int, int]:
        """How many tokens target and draft already had."""
        self._keeper.switch(self._speculation, prompt, temporary=temporary)
        had = []
        for prefix in (self.prefix, self.drafter.prefix):
            had.append(prefix.rewind(prompt.tokens[:-1]))
            for _ in prefix.advance(prompt.tokens[had[-1] : -1], CancelToken()):
                pass
        return had[0], had[1]

    def close(self) -> None:
        self._keeper.save(self._speculation)


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path)


def saved(home: Path) -> int:
    return len(list((home / "cache" / "prefixes").glob("*/*")))


def test_both_models_go_back(talk: Talk, own_home: Path) -> None:
    assert talk.turn(prompt(1)) == (0, 0)
    assert talk.turn(prompt(2)) == (0, 0)
    assert saved(own_home) == 2
    assert talk.turn(prompt(1)) == (299, 299)


def test_the_last_conversation_is_saved_at_the_end(talk: Talk, tmp_path: Path) -> None:
    talk.turn(prompt(1))
    talk.close()
    assert Talk(tmp_path).turn(prompt(1)) == (299, 299)


def test_a_temporary_conversation_leaves_nothing(talk: Talk, own_home: Path) -> None:
    talk.turn(prompt(1), temporary=True)
    talk.turn(prompt(2), temporary=True)
    talk.close()
    assert saved(own_home) == 0
    talk.turn(prompt(1))
    talk.turn(prompt(2))
    assert saved(own_home) == 2


def test_a_trimmed_conversation_is_saved_when_another_comes_not_in_each_turn(
    talk: Talk, own_home: Path
) -> None:
    """Each of its prompts begins elsewhere, and would be a file of its own."""
    talk.turn(prompt(1, dropped=2))
    talk.turn(prompt(2, dropped=4))
    talk.turn(prompt(4, dropped=6))
    assert saved(own_home) == 0
    talk.turn(prompt(5))
    assert saved(own_home) == 2
    assert talk.turn(prompt(4, dropped=6)) == (299, 299)


def test_without_a_limit_nothing_is_saved(tmp_path: Path, own_home: Path) -> None:
    talk = Talk(tmp_path, limit=0)
    talk.turn(prompt(1))
    talk.turn(prompt(2))
    talk.close()
    assert saved(own_home) == 0


@pytest.mark.real_model
def test_a_real_cache_comes_back_and_the_reply_is_the_same(
    smollm2: Path, low_bit: Path, own_home: Path
) -> None:
    story = [user("Once upon a time there was a lighthouse by the sea. " * 24 + "Go on.")]
    config = pair_config(smollm2, low_bit, budget=8, context=512)
    with Session.open(replace(config, saved_prefix_bytes=LIMIT)) as session:
        first = ask(session, story, greedy(8))
        ask(session, [user("Hello.")], greedy(2))
        assert saved(own_home) == 2, "one for the target, one for the draft"
        longer = [*story, assistant(first.text), user("And then?")]
        again = ask(session, longer, greedy(8))
        assert again.stats.prompt_tokens_reused >= first.stats.prompt_tokens
        session.use(SpeculationConfig(mode=Mode.TREE, budget=12))
        larger = ask(session, longer, greedy(8))
        assert larger.stats.prompt_tokens_reused == again.stats.prompt_tokens - 1
    for file in (own_home / "cache" / "prefixes").glob("*/*"):
        file.unlink()
    with Session.open(config) as session:
        fresh = ask(session, longer, greedy(8))
    assert fresh.stats.prompt_tokens_reused == 0
    for answer in (again, larger):
        assert_same_up_to_near_ties(fresh.choices, answer.choices)
