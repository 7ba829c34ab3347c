"""A reason why a step cannot go on, in words for the person at the keyboard."""


class Trouble(Exception):
    """One sentence that says what is and why; `command` mends it ("" where none is known)."""

    def __init__(self, sentence: str, command: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.command = command or ""
