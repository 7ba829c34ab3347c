"""Which prefixes a session saves when a turn leaves a conversation, and which it brings back."""

from collections.abc import Iterator

from engine.generate import Speculation
from engine.loading import LoadedModels
from engine.prefill import Prefix
from engine.saved_prefixes import SavedPrefixes, prefix_folder
from engine.tokens import Prompt


class PrefixKeeper:
    """Saves and restores the KV prefixes of target and draft. A conversation is its text alone."""

    def __init__(self, models: LoadedModels, limit: int) -> None:
        """`limit` bytes of the disk; 0 neither saves nor restores."""
        loaded = [model for model in (models.target, models.draft) if model is not None]
        self._limit = limit
        self._stores = [
            (model, prefix_folder(model.config.path, model.kv_type))
            for model in (loaded if limit else [])
        ]
        self._temporary = False
        self._trimmed = False

    def switch(self, speculation: Speculation, prompt: Prompt, *, temporary: bool) -> None:
        """The prompt comes next. What is in the caches is saved where another conversation comes.

        A prompt without its oldest turns shares nothing with the one before it, although the
        conversation is the same: after such a prompt another such one saves nothing.
        """
        save = not self._temporary and not (self._trimmed and prompt.dropped)
        for saved, prefix in self._saved(speculation):
            saved.switch(prefix, prompt.tokens[:-1], save=save)
        self._temporary, self._trimmed = temporary, bool(prompt.dropped)

    def save(self, speculation: Speculation) -> None:
        """The caches are about to go."""
        if not self._temporary:
            for saved, prefix in self._saved(speculation):
                saved.save(prefix)

    def _saved(self, speculation: Speculation) -> Iterator[tuple[SavedPrefixes, Prefix]]:
        prefixes, drafter = [speculation.prefix], speculation.guesser.drafter
        if drafter is not None and drafter.start == 0:
            prefixes.append(drafter.prefix)
        for (model, folder), prefix in zip(self._stores, prefixes, strict=False):
            cache = model.contexts[-1]
            yield SavedPrefixes(folder, cache, self._limit, whole=model.has_window), prefix
