"""The palette's order: what matches best, what was chosen last."""

from desktop.palette import MOST_SHOWN, Entry, Recent, offer


def entry(words: str, id_: str = "") -> Entry:
    return Entry(id_ or words, words, "", lambda: None)


ENTRIES = [entry("Export"), entry("Settings"), entry("New conversation"), entry("Import")]


def words(query: str, recent: Recent | None = None) -> list[str]:
    return [one.entry.words for one in offer(ENTRIES, recent or Recent(), query)]


def test_without_a_query_everything_is_in_its_order() -> None:
    assert words("") == [one.words for one in ENTRIES]


def test_what_was_chosen_last_comes_first() -> None:
    recent = Recent()
    recent.add("Settings")
    recent.add("Import")
    assert words("", recent)[:2] == ["Import", "Settings"]
    recent.add("Settings")
    assert words("", recent)[:2] == ["Settings", "Import"]


def test_a_query_leaves_what_matches() -> None:
    assert words("port") == ["Export", "Import"] or words("port") == ["Import", "Export"]
    assert words("nothing of that") == []


def test_among_equals_the_recent_one_wins() -> None:
    recent = Recent(["Import"])
    assert words("port", recent)[0] == "Import"
    assert words("port", Recent(["Export"]))[0] == "Export"


def test_only_so_many_are_kept_and_shown() -> None:
    recent = Recent()
    for number in range(20):
        recent.add(str(number))
    assert recent.ids[0] == "19"
    assert len(recent.ids) < 10
    many = [entry(f"Conversation {number}") for number in range(200)]
    assert len(offer(many, Recent(), "con")) == MOST_SHOWN
