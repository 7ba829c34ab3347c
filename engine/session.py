"""The engine's public door: open a pair of models, take turns, close.

Owned by one thread. `turn` is a generator of frozen events: closing it stops the reply.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from engine.cancel import CancelToken
from engine.config import SamplingConfig, SessionConfig, SpeculationConfig
from engine.detokenize import StreamingText
from engine.drawn_tree import drawn_tree
from engine.errors import Cancelled, DecodeFailed, OutriderError
from engine.events import (
    ChatMessage,
    ContextTrimmed,
    Event,
    FinishReason,
    LoadProgress,
    PromptProgress,
    Role,
    RoundFinished,
    TextDelta,
    TreeDrawn,
    TurnFinished,
)
from engine.generate import Reply, Round, Speculation, generate
from engine.loading import LoadedModels, load_models
from engine.memory_plan.values import MemoryPlan
from engine.prefix_keeper import PrefixKeeper
from engine.prompt import CHATML, ChatTemplate
from engine.read_prompt import read_prompt
from engine.reserve import conversation_room, reserve, save_learned, with_planner
from engine.sample import Sampler
from engine.session_info import Costs, SessionInfo
from engine.tokens import Prompt, PromptEncoder
from engine.turn_clock import TurnClock

_LEAST_REPLY: Final = 128
"""Tokens of the context that a prompt leaves free for the reply (a quarter of a small context)."""


class Session:
    """A loaded pair with its KV caches. Turns of one conversation reuse their common prefix."""

    def __init__(
        self, models: LoadedModels, config: SessionConfig, speculation: Speculation
    ) -> None:
        self._models = models
        self._config = config
        self._speculation = speculation
        self._largest_budget = config.speculation.budget
        self._keeper = PrefixKeeper(models, config.saved_prefix_bytes)
        target = models.target
        self._encoder = PromptEncoder(
            target.vocab,
            ChatTemplate(
                target.chat_template or CHATML, target.vocab.bos_text, target.vocab.eos_text
            ),
            target.vocab.bos,
        )
        self.info = SessionInfo(
            target_name=target.config.path.stem,
            draft_name=models.draft_name,
            context_length=conversation_room(target, config),
            held=models.plan.held,
            plan=models.plan.summary,
        )

    @classmethod
    def open(
        cls,
        config: SessionConfig,
        *,
        progress: Callable[[LoadProgress], None] = lambda _progress: None,
        cancel: CancelToken | None = None,
    ) -> Self:
        """Load the pair. Raises `OutriderError`, or `Cancelled`; nothing stays loaded then."""
        cancel = cancel or CancelToken()
        models = load_models(config, progress, cancel)
        try:
            return cls(models, config, reserve(models, config, progress, cancel))
        except BaseException:
            models.close()
            raise

    def use(self, speculation: SpeculationConfig) -> None:
        """Change mode, budget or depth for the turns to come, without loading weights again.

        A budget above the largest so far needs larger KV caches: the next turn processes its whole
        prompt. Raises `ModelLoadFailed` where they do not fit; the session then goes on as before.
        """
        before, self._config = self._config, replace(self._config, speculation=speculation)
        if speculation.budget <= self._largest_budget:
            self._speculation = with_planner(self._speculation, self._models, self._config)
            return
        # What is reserved next recalls it.
        save_learned(self._speculation, self._models)
        self._keeper.save(self._speculation)
        self._speculation.close()
        try:
            self._speculation = self._reserve(self._config)
            self._largest_budget = speculation.budget
        except OutriderError:
            self._config = before
            largest = replace(before.speculation, budget=self._largest_budget)
            reserved = self._reserve(replace(before, speculation=largest))
            self._speculation = with_planner(reserved, self._models, before)
            raise

    def learn_earlier(self, texts: Sequence[str]) -> None:
        """Let guesses come from these texts too, oldest first, where the speculation allows it.

        They take the place of all that was said in other conversations so far.
        """
        if not self._config.speculation.earlier:
            return
        vocab = self._encoder.vocab
        suggester = self._speculation.guesser.suggester
        suggester.learn_earlier(vocab.tokenize(text, special=False) for text in texts)

    @contextmanager
    def varied(self, change: Callable[[Speculation], Speculation]) -> Iterator[None]:
        """Take the turns in here by a changed speculation over the same KV caches.

        For `bench`, which compares with rules that are no mode.
        """
        own = self._speculation
        self._speculation = change(own)
        try:
            yield
        finally:
            self._speculation = own

    def _reserve(self, config: SessionConfig) -> Speculation:
        suggester = self._speculation.guesser.suggester
        return reserve(self._models, config, lambda _progress: None, CancelToken(), suggester)

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int = 0,
        temporary: bool = False,
    ) -> Generator[Event, None, None]:
        """Answer the last message. Always ends in `TurnFinished`, also when cancelled.

        Where the assistant's own message is the last one, go on behind its text.
        Nothing of a `temporary` conversation is left on the disk, or for guesses elsewhere.
        Raises `OutriderError`; the session can take the next turn all the same.
        """
        clock = TurnClock()
        text = StreamingText(self._encoder.vocab, sampling.stop)
        finish = FinishReason.CANCELLED
        try:
            prompt = self._fit(messages)
            if prompt.dropped:
                yield ContextTrimmed(turn_id, prompt.dropped)
            yield PromptProgress(turn_id, 0, len(prompt.tokens) - 1, 0)
            self._keeper.switch(self._speculation, prompt, temporary=temporary)
            self._speculation.guesser.suggester.begin(prompt.tokens, temporary=temporary)
            yield from self._read(prompt, clock, cancel, turn_id)
            reply, opens = self._reply(prompt, sampling), prompt.opens
            with closing(generate(self._speculation, reply, cancel)) as rounds:
                for round_ in rounds:
                    clock.add(round_)
                    if drawn := self._drawn(turn_id, round_):
                        yield drawn
                    yield RoundFinished(turn_id, round_.stats)
                    if opens:
                        yield TextDelta(turn_id, opens)
                        opens = ""
                    yield _delta(turn_id, round_, text)
                    if text.stopped:
                        break
            finish = self._finish(reply, text)
        except Cancelled:
            finish = FinishReason.CANCELLED
        if rest := text.finish():
            yield TextDelta(turn_id, rest)
        yield TurnFinished(turn_id, finish, clock.stats(self._speculation.target.curve))

    @property
    def memory_plan(self) -> MemoryPlan:
        """By which the pair was loaded; its `held` is what `close` gives back."""
        return self._models.plan

    @property
    def costs(self) -> Costs:
        """What passes cost on this machine, as known by now."""
        drafter = self._speculation.guesser.drafter
        target = tuple(self._speculation.target.curve.points)
        if drafter is None:
            return Costs(target, ())
        helper = drafter.helper.model.curve.points if drafter.helper is not None else []
        return Costs(target, tuple(drafter.model.curve.points), tuple(helper))

    def forget(self) -> None:
        """Empty the KV caches: the next turn processes its whole prompt."""
        self._speculation.forget()

    def close(self) -> None:
        """Keep what was learnt, and a saved prefix, for the next start; free everything."""
        save_learned(self._speculation, self._models)
        self._keeper.save(self._speculation)
        self._speculation.close()
        self._models.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def _fit(self, messages: Sequence[ChatMessage]) -> Prompt:
        room = self.info.context_length
        goes_on = bool(messages) and messages[-1].role is Role.ASSISTANT
        asked, begun = (messages[:-1], messages[-1].content) if goes_on else (messages, "")
        return self._encoder.fit(asked, room - min(_LEAST_REPLY, room // 4), begun=begun)

    def _read(
        self, prompt: Prompt, clock: TurnClock, cancel: CancelToken, turn_id: int
    ) -> Iterator[Event]:
        models, total = self._speculation, len(prompt.tokens) - 1
        reused = 0
        try:
            for done, reused in read_prompt(models, prompt.tokens, cancel):
                yield PromptProgress(turn_id, done, total, reused)
        except DecodeFailed:
            models.forget()
            raise
        clock.prompt_done(len(prompt.tokens), reused)

    def _reply(self, prompt: Prompt, sampling: SamplingConfig) -> Reply:
        return Reply(
            tokens=list(prompt.tokens),
            sampler=Sampler(sampling, prompt.tokens),
            is_end=self._encoder.vocab.is_end,
            limit=min(sampling.max_tokens, self.info.context_length - len(prompt.tokens)),
        )

    def _drawn(self, turn_id: int, round_: Round) -> TreeDrawn | None:
        if not self._config.draw_trees:
            return None
        return drawn_tree(turn_id, round_, self._encoder.vocab)

    def _finish(self, reply: Reply, text: StreamingText) -> FinishReason:
        if text.stopped:
            return FinishReason.STOP_STRING
        if reply.is_end(reply.tokens[-1]):
            return FinishReason.END
        full = len(reply.tokens) >= self.info.context_length
        return FinishReason.CONTEXT_FULL if full else FinishReason.MAX_TOKENS


def _delta(turn_id: int, round_: Round, text: StreamingText) -> TextDelta:
    pieces = [text.add(token) for token in round_.tokens]
    return TextDelta(turn_id, "".join(pieces), round_.origins, tuple(map(len, pieces)))
