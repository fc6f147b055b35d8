"""Where the figures are kept."""

import os

from sqlalchemy import create_engine, make_url

engine = create_engine(make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg2"))
