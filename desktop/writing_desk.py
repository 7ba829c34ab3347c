"""Everything that writing a message takes, in one value."""

from dataclasses import dataclass

from desktop.attachment_desk import AttachmentDesk
from desktop.template_model import TemplateModel


@dataclass(frozen=True)
class WritingDesk:
    """What the composer works with."""

    files: AttachmentDesk
    templates: TemplateModel
