"""Three issues began with one release; neither GitHub nor Elasticsearch is set up, so nothing says more."""

from tests.cases.shop import BAD, DEPLOYED, ONSET, Incident, sentry, text
from tests.stand_ins.sentry_world import a_release, an_issue


def another(number, short_id, relation):
    """Another relation that the same release misses, since the same minute."""
    return an_issue(
        number,
        short_id,
        f'relation "{relation}" does not exist',
        firstSeen=text(ONSET),
        firstRelease=a_release(BAD, DEPLOYED),
    )


incident = Incident(
    short_id="SHOP-90",
    verdict=("likely", "broader_incident"),
    world=sentry(
        others=(
            another("5551234601", "SHOP-43", "orders_line"),
            another("5551234602", "SHOP-44", "orders_refund"),
            another("5551234603", "SHOP-45", "billing_invoice"),
        )
    ),
    code=None,
    logs=None,
)
