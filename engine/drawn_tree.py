"""A round's tree as a picture needs it: texts instead of tokens, and which path was taken."""

from functools import partial
from typing import Final

import numpy as np

from engine.events import Origin, TreeDrawn
from engine.generate import Round
from engine.merge_trees import MergedTree
from engine.ports import Vocab

END: Final = "[end]"
_DIGITS: Final = 4
"""Of chances: finer than anybody draws, and short on its way to the window."""


def drawn_tree(turn_id: int, round_: Round, vocab: Vocab) -> TreeDrawn | None:
    """The tree of a round; None for a round without guesses."""
    tree = round_.guessed.tree
    if not len(tree):
        return None
    words = partial(_words, vocab)
    chances = np.exp(tree.log_prob.astype(np.float64)).round(_DIGITS)
    return TreeDrawn(
        turn_id=turn_id,
        root=words(round_.root),
        pieces=tuple(map(words, tree.token.tolist())),
        parents=tuple(tree.parent.tolist()),
        chances=tuple(chances.tolist()),
        origins=_origins(round_.guessed),
        path=round_.path,
        bonus=words(round_.tokens[-1]),
    )


def _words(vocab: Vocab, token: int) -> str:
    """What a token stands for; the end of a reply by name, other control tokens by number."""
    unreadable = END if vocab.is_end(token) else f"#{token}"
    return vocab.piece(token).decode(errors="replace") or unreadable


def _origins(guessed: MergedTree) -> tuple[Origin, ...]:
    """Of each node the first source that guessed it."""
    origins = [Origin.TREE] * len(guessed.tree)
    for guess in reversed(guessed.guesses):
        for node in guess.merged.tolist():
            origins[node] = guess.origin
    return tuple(origins)
