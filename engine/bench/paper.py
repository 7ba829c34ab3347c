"""What the paper reports (SpecExec, arXiv 2406.02532), and what differs from a run of ours.

Only figures that its abstract or its authors' article state are here, each with where it stands.
"""

from dataclasses import dataclass
from typing import Final

TITLE: Final = "SpecExec, arXiv 2406.02532"
ADDRESS: Final = "https://arxiv.org/abs/2406.02532"


@dataclass(frozen=True)
class PaperRow:
    """One headline figure. None where the place that states it does not say."""

    what: str
    tokens_per_pass: str | None
    tokens_per_second: str | None
    times_plain: str | None
    where: str


_ARTICLE: Final = "abstract; ratio: the authors' article of 18 June 2024 at together.ai, for 70B"

HEADLINES: Final = (
    PaperRow("best of popular model families", "up to 20", None, None, "abstract"),
    PaperRow(
        "50 billion parameters and more, 4 bits, consumer GPU, offloaded to RAM",
        None,
        "4 to 6",
        "up to 10.6",
        _ARTICLE,
    ),
    PaperRow("the same in 16 bits", None, "2 to 3", "up to 18.7", _ARTICLE),
)


@dataclass(frozen=True)
class Difference:
    """What one must know before comparing."""

    what: str
    in_the_paper: str
    here: str


DIFFERENCES: Final = (
    Difference(
        "weights",
        in_the_paper="moved from RAM to the GPU in each pass, so that a wide pass costs little "
        "more than a narrow one",
        here="where the heading says; resident weights are moved fast, a wide pass is bound by "
        "computing, and a tree costs what it saves",
    ),
    Difference(
        "models",
        "Llama 2, Mistral and others; targets of up to 70 billion parameters",
        "those of the heading",
    ),
    Difference("budget", "up to thousands of nodes", "up to 600, for llama.cpp has 256 slots"),
    Difference("prompts", "OpenAssistant, MTBench", "the program's own sets, or the user's"),
    Difference(
        "guesses",
        "the draft model's alone",
        here="in tree and auto also the text's own, a subtree kept from round to round, and "
        "drafting while the target waits for its weights",
    ),
)
