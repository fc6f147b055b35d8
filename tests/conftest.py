"""What holds for every test: no example is timed, and nothing on loopback goes through a proxy."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "machines are noisy",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",  # what CI refuses must be there for the next person to see
)
settings.load_profile("machines are noisy")

for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = "127.0.0.1,localhost"
