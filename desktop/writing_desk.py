"""Everything that writing a message takes, in one value."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.attachment_desk import AttachmentDesk
from desktop.comparison import Comparison
from desktop.message_actions import MessageActions
from desktop.template_model import TemplateModel


@dataclass(frozen=True)
class WritingDesk:
    """What the composer and the messages work with."""

    files: AttachmentDesk
    templates: TemplateModel
    actions: MessageActions
    compare: Callable[[], Comparison]
    """Begins a comparison of two pairs."""
