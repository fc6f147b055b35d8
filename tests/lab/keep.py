"""One scenario with its servers left up: a workspace in the browser over them, and the settings for a terminal."""

import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.playground.open import over_real_sources
from bot.serve import until_told_to_stop
from bot.settings import Settings
from tests.lab.asking import Sources, serve
from tests.lab.clock import Clock
from tests.lab.happening import happen, scenario
from tests.lab.postgres import postgres
from tests.real_elasticsearch import RealElasticsearch


def keep_up(name: str, elastic: RealElasticsearch) -> None:
    """Lets it happen, serves it, says where, and returns on Ctrl-C."""
    one = scenario(name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diagnose-lab-")))
        server = stack.enter_context(postgres())
        print(f"{name}: {one.about}", flush=True)
        clock = Clock(datetime.now(UTC) - timedelta(minutes=one.asked))  # so that it is asked about just now
        happened = happen(one, folder, server, clock)
        served = serve(happened, Sources(elastic), stack)
        opened = stack.enter_context(
            over_real_sources(Settings(_env_file=None, **served.settings), served.mapping, port=0)
        )
        for setting, value in served.settings.items():
            print(f"export {setting.upper()}={value}")
        print(f"The workspace is open at {opened.url}; ask /diagnose {served.ref.target}. Ctrl-C ends it.", flush=True)
        until_told_to_stop()
