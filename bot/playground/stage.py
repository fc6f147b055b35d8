"""What stands behind the workspace: the incidents at hand, their alerts, and sources that a visitor can make fail."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.playground.bot_keeper import BotKeeper
from bot.playground.recorded import MODES, Incident, Sources
from bot.playground.sentry_alert import alert
from bot.playground.slack.gestures import NOT_CONNECTED
from bot.playground.slack.refused import NotDone
from bot.playground.slack.workspace import ALERTS, INCIDENTS, SENTRY, Workspace
from bot.playground.trouble import ask_together, kill_in_the_middle, storm
from bot.runs.claim import ALERT_QUIET_SECONDS
from playbook.sources.door import SourceName

FIRST_SECONDS = 6.0  # until the first alert arrives on its own: the page is open by then, the visitor looks at it
ARRIVING_SECONDS = 40.0  # between alerts that arrive on their own: time to read a card before the next one comes
STORM_SECONDS = 60.0
REFUSED_SECONDS = 20.0  # that Slack refuses what is written: long enough for several tries, short enough to watch
MOST_LOST = 3  # answers to posts that are lost one after the other
MOST_STORM = 500  # alerts; more would only wait behind one another
ONE_PROCESS = "The bot runs in the workspace's own process here: it cannot be killed alone."

TITLES: dict[SourceName, str] = {"sentry": "Sentry", "github": "GitHub", "elasticsearch": "Elasticsearch"}

log = structlog.get_logger()


class RecordedStage:
    """A `Stage` with recorded incidents. `close` ends the alerts that arrive on their own."""

    def __init__(
        self,
        workspace: Workspace,
        incidents: Sequence[Incident],
        sources: Sources,
        sentry_url: str,
        *,
        arriving: bool,
        bot: BotKeeper | None = None,
    ) -> None:
        self._workspace, self._sources, self._sentry_url = workspace, sources, sentry_url
        self._incidents = {one.name: one for one in incidents}
        self._lock = threading.Lock()
        self._alerted: dict[str, None] = {}  # by name, the one that was heard of last at the end
        self._bot = bot
        self._arriving = arriving
        self._stop = threading.Event()
        self._arrivals = threading.Thread(target=self._arrive, name="alerts", daemon=True)
        self._blowing: threading.Thread | None = None

    def start(self) -> None:
        """From now on alerts may arrive on their own."""
        self._arrivals.start()

    def close(self) -> None:
        self._stop.set()
        for thread in (self._arrivals, self._blowing):
            if thread is not None and thread.is_alive():
                thread.join(5)

    def shown(self) -> dict[str, Any]:
        modes = self._sources.modes()
        return {
            "live": False,
            "sentry_url": self._sentry_url,
            "incidents": [
                {
                    "name": one.name,
                    "ref": one.issue.short_id,
                    "title": one.issue.error.value or one.issue.title,
                    "about": one.about,
                    "link": one.issue.url,
                }
                for one in self._incidents.values()
            ],
            "sources": [{"name": name, "title": TITLES[name], "mode": modes[name]} for name in TITLES],
            "arriving": self._arriving,
            "bot": self._bot.shown() if self._bot else None,
        }

    def act(self, given: Mapping[str, Any]) -> None:
        match given.get("do"):
            case "stage.alert":
                self.play(str(given.get("incident")))
            case "stage.source":
                self._set(given.get("source"), given.get("mode"))
            case "stage.arriving":
                self._arriving = bool(given.get("on"))
                self._workspace.changed("stage", self.shown())
            case "stage.storm":
                self._storm(given.get("count"), given.get("incident"))
            case "stage.together":
                ask_together(self._workspace, self._fresh().issue.short_id)
            case "stage.refuse":
                self._workspace.faults.refuse(REFUSED_SECONDS)
            case "stage.lose":
                self._workspace.faults.lose_answers(MOST_LOST)
            case "stage.kill":
                self._kill(within_a_run=given.get("within") == "run")
            case "stage.start":
                self._revive()
            case other:
                raise NotDone(f"{other!r} is nothing that can be done here.")

    def play(self, name: str) -> None:
        """Sentry posts the alert of this incident; for a repeated one, the visitor is told why no card follows."""
        incident = self._incidents.get(name)
        if incident is None:
            raise NotDone(f"There is no incident {name!r}; there are: {', '.join(self._incidents)}.")
        again = self._post(incident)
        if again:
            minutes = round(ALERT_QUIET_SECONDS / 60)
            self._workspace.whisper(
                ALERTS.id,
                f"{incident.issue.short_id} has alerted here before: diagnose leaves an issue that alerts again alone "
                f"for {minutes} minutes, its card is further up. Press *Check again* there, or ask with `/diagnose`.",
            )

    def _post(self, incident: Incident) -> bool:
        """Whether the issue had alerted before."""
        with self._lock:
            again = incident.name in self._alerted
            self._alerted.pop(incident.name, None)
            self._alerted[incident.name] = None
        told = alert(incident.issue, incident.event, self._sentry_url)
        self._workspace.post_as(SENTRY, ALERTS.id, **told)
        return again

    def _set(self, source: object, mode: object) -> None:
        known = next((name for name in TITLES if name == source), None)
        wanted = next((one for one in MODES if one == mode), None)
        if known is None or wanted is None:
            raise NotDone(f"{source!r} cannot be made {mode!r}.")
        self._sources.set(known, wanted)
        self._workspace.changed("stage", self.shown())

    def _storm(self, count: object, of: object = None) -> None:
        """Alerts of every incident in no order, or of one again and again."""
        if not isinstance(count, int) or not 0 < count <= MOST_STORM:
            raise NotDone(f"A storm has 1 to {MOST_STORM} alerts.")
        chosen = [one for one in self._incidents.values() if of in {None, one.name}]
        if not chosen:
            raise NotDone(f"There is no incident {of!r}; there are: {', '.join(self._incidents)}.")
        pause, posts = STORM_SECONDS / count, storm(chosen, count)

        def blow() -> None:
            for incident in posts:
                if self._stop.wait(pause):
                    return
                self._post(incident)

        with self._lock:
            if self._blowing is not None and self._blowing.is_alive():
                raise NotDone("A storm is blowing already: wait until it has passed.")
            self._blowing = threading.Thread(target=blow, name="storm", daemon=True)
            self._blowing.start()

    def _fresh(self) -> Incident:
        """The next incident that nobody has heard of here, so that no card answers it already; else the longest ago."""
        with self._lock:
            known = [name for name in self._incidents if name not in self._alerted]
            name = known[0] if known else next(iter(self._alerted))
            self._alerted.pop(name, None)
            self._alerted[name] = None
            return self._incidents[name]

    def _kill(self, *, within_a_run: bool) -> None:
        if self._bot is None:
            raise NotDone(ONE_PROCESS)
        if not within_a_run:
            if not self._bot.kill():
                raise NotDone("The bot is dead already.")
            return
        if self._bot.pid is None or not self._workspace.envelopes.connected:
            raise NotDone(NOT_CONNECTED)
        ref, bot = self._fresh().issue.short_id, self._bot

        def kill() -> None:
            if not kill_in_the_middle(self._workspace, bot, ref, self._stop) and not self._stop.is_set():
                told = f"No run of {ref} began that could be killed: the bot answered without one. Try again."
                self._workspace.whisper(INCIDENTS.id, told)

        threading.Thread(target=kill, name="kill", daemon=True).start()

    def _revive(self) -> None:
        if self._bot is None:
            raise NotDone(ONE_PROCESS)
        if not self._bot.start():
            raise NotDone("The bot is running.")

    def _arrive(self) -> None:
        """Each incident that has not alerted yet, one after the other, while the visitor lets them come."""
        pause = FIRST_SECONDS
        while not self._stop.wait(pause):
            waiting = [one for one in self._incidents.values() if one.name not in self._alerted]
            if not waiting:
                return
            if self._arriving:
                self._post(waiting[0])
                pause = ARRIVING_SECONDS
            else:
                pause = 1.0


class LiveStage:
    """A `Stage` over real sources: nothing to play, nothing to break."""

    def __init__(self, sentry_url: str) -> None:
        self._sentry_url = sentry_url

    def shown(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"incidents": [], "sources": [], "arriving": False, "bot": None}
        return {"live": True, "sentry_url": self._sentry_url, **nothing}

    def act(self, given: Mapping[str, Any]) -> None:
        raise NotDone(f"{given.get('do')} is for recordings: these are your real sources, nothing is played here.")
