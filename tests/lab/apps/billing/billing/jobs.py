"""What the worker does when its time has come."""

import logging

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.database import engine
from billing.models import Account

log = logging.getLogger(__name__)


def accounts():
    with Session(engine) as session:
        log.info("%s accounts are open", session.scalar(select(func.count(Account.id))))


def dunning():
    rates = {"first": 0.0}
    log.info("the second reminder costs %s", rates["second"])
