"""What is known of a reply's rounds: live ones, and those made again from stored notes."""

from desktop.conversations.values import ReplyNotes, TextOrigins
from desktop.rounds import (
    ReplyRound,
    RoundArchive,
    SpanReader,
    TokenSpan,
    accepted_by_depth,
    stored_rounds,
    token_spans,
)
from engine.events import Origin, TreeDrawn

TREE, NGRAM, TARGET = Origin.TREE, Origin.NGRAM, Origin.TARGET
TEXT = "one two three four"
ORIGINS = (
    TextOrigins(3, (TREE,)),
    TextOrigins(4, (NGRAM,)),
    TextOrigins(6, (TARGET,)),
    TextOrigins(5, (TARGET,)),
)


def notes(origins: tuple[TextOrigins, ...]) -> ReplyNotes:
    return ReplyNotes("t", "d", "tree", "", 4, 2, 8.0, 0.5, 2.0, "end", origins=origins)


def tree(nodes: int, taken: int) -> TreeDrawn:
    pieces = tuple("x" * nodes)
    parents = tuple(range(-1, nodes - 1))
    return TreeDrawn(1, "r", pieces, parents, (), (TREE,) * nodes, tuple(range(taken)), "b")


def test_tokens_know_their_text_round_and_depth() -> None:
    assert list(token_spans(ORIGINS)) == [
        TokenSpan(0, 3, TREE, 1, 1),
        TokenSpan(3, 7, NGRAM, 1, 2),
        TokenSpan(7, 13, TARGET, 1, 3),
        TokenSpan(13, 18, TARGET, 2, 1),
    ]


def test_a_reply_that_grows_is_read_on() -> None:
    growing: list[TextOrigins] = []
    reader = SpanReader(growing)
    for part in ORIGINS:
        growing.append(part)
        reader.read()
    assert list(reader.read()) == list(token_spans(ORIGINS))


def test_text_of_several_tokens_is_nobodys_but_counts_for_the_rounds() -> None:
    older = (TextOrigins(7, (TREE, TARGET)), TextOrigins(6, (TARGET,)))
    assert list(token_spans(older)) == [TokenSpan(7, 13, TARGET, 2, 1)]


def test_rounds_of_an_earlier_start_show_what_was_taken() -> None:
    first, second = stored_rounds(TEXT, notes(ORIGINS))
    assert first.tokens == 3
    assert first.stats is None
    assert first.tree is not None
    assert (first.tree.pieces, first.tree.bonus) == (("one", " two"), " three")
    assert (first.tree.parents, first.tree.path) == ((-1, 0), (0, 1))
    assert second == ReplyRound(1), "nothing was guessed in it"


def test_a_reply_without_origins_has_no_rounds() -> None:
    assert stored_rounds(TEXT, notes(())) == []


def test_acceptance_counts_the_rounds_that_reached_a_depth() -> None:
    rounds = [ReplyRound(3, tree=tree(5, 2)), ReplyRound(1), ReplyRound(2, tree=tree(5, 1))]
    assert accepted_by_depth(rounds) == [2, 1]
    assert accepted_by_depth([ReplyRound(1)]) == []


def test_the_archive_lets_the_oldest_go_and_keeps_the_newest_whatever_its_size() -> None:
    archive = RoundArchive(kept_nodes=10)
    for name, nodes in (("a", 4), ("b", 4), ("c", 4)):
        archive.keep(name, [ReplyRound(1, tree=tree(nodes, 1))])
    assert not archive.get("a")
    assert archive.get("b")
    archive.keep("d", [ReplyRound(1, tree=tree(50, 1))])
    assert not archive.get("c")
    assert archive.get("d")
