"""A run's audience in Slack: the placeholder at once, then its progress, then the card, all in one message."""

import itertools
import threading
from collections.abc import Callable

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.card import About, Card, card, changed, failure, progress
from bot.card.actions import Pressed
from bot.runs.feedback import Feedback
from bot.runs.run import NotStarted, Place, Request, Run
from bot.slack.message import Messages, NotSent

END_SECONDS = 180.0  # how long the last edit may take, Slack's patience included, before the run is let go
LAST_TRIES = 8  # of the finished card; a progress display is tried once, the next one comes soon
ASK_SECONDS = 10  # a response_url answers at once or not at all

log = structlog.get_logger()


class Delivery:
    """`Audience` that keeps one Slack message current; each run has a thread that writes, so that no step waits."""

    def __init__(self, messages: Messages, feedback: Feedback) -> None:
        self._messages, self._feedback = messages, feedback
        self._writers: dict[str, _Writer] = {}
        self._count = itertools.count()
        self._guard = threading.Lock()
        self._drawing: dict[str, threading.Lock] = {}

    def began(self, run: Run) -> Place:
        place, shown = run.place, self._stamped(run, progress(_title(run), ()))
        try:
            if place.message is None:
                message = self._messages.post(place.channel, shown, place.thread)
            else:
                message = place.message
                self._messages.edit(place.channel, message, shown)
        except NotSent as refused:
            raise NotStarted(refused.sentence) from refused
        self._writers[run.id] = _Writer(lambda one, tries: self._messages.edit(place.channel, message, one, tries))
        return Place(channel=place.channel, thread=place.thread, message=message)

    def told(self, run: Run) -> None:
        writer = self._writers.get(run.id)
        if writer is not None:
            writer.show(self._stamped(run, progress(_title(run), run.steps)))

    def ended(self, run: Run) -> None:
        writer, asked = self._writers.pop(run.id), run.request.asker is not None
        if run.investigation is not None:
            self._deliver(run, writer.end(self.drawn(run)))
        elif run.before is not None and run.before.investigation is not None:
            writer.end(self.drawn(run.before))
            self.tell(run.request, _why(run))
        elif asked and not run.request.again:
            writer.end(None)
            self._withdraw(run)
        else:
            writer.end(self._refused(run))

    def redraw(self, run: Run, place: Place) -> None:
        """Shows the card of an ended run as things now stand, in the message at `place`; raises `NotSent`.

        One at a time in a channel: a card drawn earlier must not be shown later.
        """
        with self._guard:
            drawing = self._drawing.setdefault(place.channel, threading.Lock())
        with drawing:
            if run.investigation is not None and place.message is not None:
                self._messages.edit(place.channel, place.message, self.drawn(run))

    def drawn(self, run: Run) -> Card:
        """The card of a run that ended with an investigation."""
        if run.investigation is None or run.result is None:
            return self._refused(run)
        now, opinions = run.investigation, self._feedback.of(run.id)
        earlier = run.before.investigation if run.before else None
        about = About(
            run=run.id,
            seconds=run.result.seconds,
            right=opinions.right,
            wrong=opinions.wrong,
            changes=changed(earlier.diagnosis, now.diagnosis) if earlier else None,
            compared=run.request.again is None or run.before is not None,
            steps=run.steps,
        )
        return self._stamped(run, card(now.diagnosis, now.evidence, about))

    def tell(self, request: Request, sentence: str) -> None:
        """One sentence to the person who asked, and to nobody else; an alert asked for nothing."""
        if request.asker is None:
            return
        if request.answer_to and _answered(request.answer_to, failure(sentence).text):
            return
        try:
            place = request.place
            self._messages.whisper(place.channel, request.asker, failure(sentence).text, place.thread)
        except NotSent as refused:
            log.warning("nobody could be told", error=refused.error, sentence=sentence)

    def _deliver(self, run: Run, left: Card | None) -> None:
        """Posts the card anew where its message could no longer be edited."""
        if left is None:
            return
        try:
            self._messages.post(run.place.channel, left, run.place.thread)
        except NotSent as refused:
            log.exception("a card could not be delivered", run=run.id, error=refused.error)
            self.tell(run.request, refused.sentence)

    def _withdraw(self, run: Run) -> None:
        """Takes the placeholder away, since only the person who asked is to hear of this."""
        try:
            self._messages.take_away(run.place.channel, run.place.message or "")
        except NotSent:
            shown = self._stamped(run, failure("There is no diagnosis; the person who asked was told why."))
            try:
                self._messages.edit(run.place.channel, run.place.message or "", shown)
            except NotSent as refused:
                log.warning("a placeholder stays", run=run.id, error=refused.error)
        self.tell(run.request, _why(run))

    def _refused(self, run: Run) -> Card:
        pressed = Pressed(run.id, run.request.ref.issue_id or "")
        return self._stamped(run, failure(_why(run), pressed))

    def _stamped(self, run: Run, shown: Card) -> Card:
        return shown.stamped(f"{run.id}.{next(self._count)}")


class _Writer:
    """Writes the newest state of one message whenever Slack lets it, and the last one for certain."""

    def __init__(self, edit: Callable[[Card, int], None]) -> None:
        self._edit = edit
        self._changed = threading.Condition()
        self._next: Card | None = None
        self._over = False
        self._left: Card | None = None
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def show(self, shown: Card) -> None:
        """Shows this as soon as possible, or something newer in its place."""
        with self._changed:
            self._next = shown
            self._changed.notify()

    def end(self, shown: Card | None) -> Card | None:
        """Shows this last (None: nothing more); gives it back if it could not be shown."""
        with self._changed:
            self._next, self._over = shown, True
            self._changed.notify()
        self._thread.join(END_SECONDS)
        return self._left

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._next is not None or self._over)
                shown, self._next, over = self._next, None, self._over
            if shown is not None:
                try:
                    self._edit(shown, LAST_TRIES if over else 1)
                except NotSent as refused:
                    log.warning("a message could not be edited", error=refused.error, last=over)
                    self._left = shown if over else None
            if over:
                return


def _title(run: Run) -> str:
    return f"Diagnosing {run.request.ref}"


def _why(run: Run) -> str:
    return (run.result.failed if run.result else None) or "This run ended without a result: check again."


def _answered(response_url: str, sentence: str) -> bool:
    try:
        answer = WebhookClient(response_url, timeout=ASK_SECONDS).send(
            text=sentence, response_type="ephemeral", replace_original=False
        )
    except (SlackClientError, OSError, ValueError):
        return False
    return answer.status_code == 200  # noqa: PLR2004 - 404 and 410 once the half hour is over
