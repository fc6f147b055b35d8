"""What a person or an alert says, as a reference to one issue or event of the configured Sentry; pure."""

from playbook.reference.link import NotAReference, linked
from playbook.reference.text import LONGEST_TEXT, labelled_in, links_in, reference, references_in

__all__ = ["LONGEST_TEXT", "NotAReference", "labelled_in", "linked", "links_in", "reference", "references_in"]
