"""An issue and nothing else: no release, its events past retention, no tags, no GitHub, no Elasticsearch."""

from tests.cases.shop import Incident, sentry

WORLD = sentry(
    releases=(),
    tags={},
    baseline=[],
    issue={"firstRelease": None, "lastRelease": None, "priority": None, "culprit": None, "userCount": 0},
    events={},
    code_mappings=(),
)

incident = Incident(short_id="SHOP-99", verdict=("undecided", None), world=WORLD, code=None, logs=None)
