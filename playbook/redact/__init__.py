"""The one door for secrets: what enters the evidence is cleaned here, once, before anyone judges, stores or shows it.

Pure and idempotent. What is hidden leaves a marker in square brackets, which cannot open a link, a mention or a block
in Slack, and a count by kind. What the diagnosis rests on stays: names of relations, migrations, files, hosts,
releases, commits, events and traces, and every sentence of the error around them.
"""

from playbook.redact.answer import Redacted, Source, redact_json
from playbook.redact.text import redact_text

__all__ = ["Redacted", "Source", "redact_json", "redact_text"]
