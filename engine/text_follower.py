"""A small model's KV cache in step with the text: as much of its end as the context holds."""

from collections.abc import Sequence

from engine.cancel import CancelToken
from engine.flat_batch import run_batch
from engine.latency import MeasuredModel
from engine.ports import FloatRows
from engine.prefill import Prefix


class TextFollower:
    """Owns a model's KV cache. `prefix` may lag behind the text; `catch_up` reads the rest.

    A text longer than the context leaves a window of its latest tokens in the cache.
    """

    def __init__(self, model: MeasuredModel, *, spare: int) -> None:
        """`spare` cells are left to what is decoded behind the text."""
        self.model = model
        self.prefix = Prefix(model)
        self.start = 0
        """Where in the text the prefix begins."""
        self._room = model.context_length - min(spare, model.context_length // 2)

    def behind(self, text: Sequence[int]) -> int:
        """Tokens of the text that were not read yet, apart from what fell out of the window."""
        return len(text) - self.start - len(self.prefix)

    def catch_up(self, text: Sequence[int], cancel: CancelToken) -> FloatRows | None:
        """Decode what the prefix lacks of the text; the one row of logits after its last token.

        None where the model does not know a token. Where the context ends, half of it is filled
        anew with the latest tokens: that much costs one more token for each of the text's.
        """
        model = self.model
        if len(text) - self.start > self._room:
            self.prefix.forget()
            self.start = len(text) - max(self._room // 2, 1)
        missing = text[self.start + len(self.prefix) :]
        if max(missing) >= model.vocabulary_size:
            return None
        # All but a chunk is plain prompt processing; the rest ends in the last token's logits.
        for _ in self.prefix.advance(missing[: -model.max_rows], cancel):
            pass
        rest = missing[-model.max_rows :]
        logits = model.decode(run_batch(rest, len(self.prefix), logits=True))
        self.prefix.tokens.extend(rest)
        return logits

    def rewind(self, tokens: Sequence[int]) -> None:
        """Keep what the prefix shares with `tokens`."""
        if not self.prefix.rewind(tokens[self.start :]):
            self.start = 0

    def restore(self) -> None:
        """Drop whatever an interrupted pass left behind the prefix."""
        self.prefix.restore()

    def forget(self) -> None:
        """Empty the cache."""
        self.start = 0
        self.prefix.forget()
