"""The bench counts every call under the step that asks it: else its critical path is none of any run."""

import pytest

from bench.run import step_of
from playbook.evidence.collected import fact_types
from playbook.sources.github import GitHub
from playbook.sources.sentry import Sentry

ASKED = {
    "Issue": lambda sentry, _: sentry.issue("SHOP-42", "production"),
    "Event": lambda sentry, _: sentry.event("42", "recommended"),
    "Frequency": lambda sentry, _: sentry.events("42"),
    "Tags": lambda sentry, _: sentry.tags("42"),
    "Similar": lambda sentry, _: sentry.issues("", "shop", "14d"),
    "Spread": lambda sentry, _: sentry.counts_by(("environment",), "", "shop", "24h"),
    "Releases": lambda sentry, _: (sentry.releases("shop"), sentry.deploys("shop@1")),
    "Changes": lambda sentry, github: (
        sentry.committers("shop", "0" * 32),
        sentry.release_commits("shop@1"),
        sentry.code_mappings("shop"),
        github.compare("acme/shop", ["v1"], ["v2"]),
        github.commit("acme/shop", ["v2"]),
        github.pulls_of("acme/shop", "a" * 40),
    ),
    "SchemaHistory": lambda _, github: github.schema("acme/shop", ["v2"], ["v1"], "orders"),
}


@pytest.mark.parametrize("step", ASKED)
def test_a_call_is_counted_under_the_step_that_asks_it(step):
    asked = []
    ASKED[step](Sentry(asked.append), GitHub(asked.append))
    assert {step_of(question) for question in asked} == {step}
    assert step in fact_types()
