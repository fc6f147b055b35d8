"""A run's audience in Slack: the placeholder at once, then its progress, then the card, all in one message."""

import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from bot.card import About, Card, card, changed, failure, progress
from bot.card.actions import Pressed
from bot.card.joined import pointing
from bot.runs.feedback import Feedback
from bot.runs.press import Presses
from bot.runs.run import NotShown, NotStarted, Place, Request, Run, Shown
from bot.runs.together import Together
from bot.slack.message import GONE, PASSING, Messages, NotSent
from bot.slack.pointer import for_asker, for_channel
from bot.slack.wire import answered
from bot.slack.writer import Writer

NO_DIAGNOSIS = "There is no diagnosis; the person who asked was told why."

log = structlog.get_logger()


class Delivery:
    """`Audience` that keeps one Slack message current; each run has a thread that writes, so that no step waits.

    `waiting` tells how many runs have not begun, for the progress display; `known` gives a run by its id. `acts` says
    whether cards have the menu that writes to Sentry.
    """

    def __init__(
        self, messages: Messages, feedback: Feedback, presses: Presses, together: Together, *, acts: bool = False
    ) -> None:
        self._messages, self._feedback, self._presses, self._together = messages, feedback, presses, together
        self._acts = acts
        self.waiting: Callable[[], int] = lambda: 0
        self.known: Callable[[str], Run | None] = lambda _: None
        self._writers: dict[str, Writer] = {}
        self._guard = threading.Lock()
        self._drawing: dict[str, threading.Lock] = {}

    def found(self, run: Run) -> str | None:
        try:
            return self._messages.find(run.place.channel, run.place.thread, run.id)
        except NotSent as refused:
            if refused.error in PASSING:
                raise NotShown(refused.sentence) from refused
            log.warning("a lost message cannot be looked for; it may stand twice", run=run.id, error=refused.error)
            return None

    def began(self, run: Run) -> str:
        try:
            return self._placed(run, self._progress(run))
        except NotSent as refused:
            if refused.error in PASSING:
                raise NotShown(refused.sentence) from refused
            raise NotStarted(refused.sentence) from refused

    def told(self, run: Run) -> None:
        if run.place.message is not None:
            self._writer(run).show(self._progress(run))

    def left(self, run: Run) -> None:
        with self._guard:
            writer = self._writers.pop(run.id, None)
        if writer is not None:
            writer.end()

    def ended(self, run: Run) -> Shown:
        self.left(run)
        try:
            card, tell = self._last(run)
            message = self._withdrawn(run) if card is None else self._placed(run, card)
        except NotStarted as unread:
            raise NotShown(unread.sentence) from unread
        except NotSent as refused:
            if refused.error in PASSING:
                raise NotShown(refused.sentence) from refused
            log.exception("a card could not be delivered", run=run.id, error=refused.error)
            return Shown(message=run.place.message, tell=refused.sentence)
        return Shown(message=message, tell=tell)

    def _last(self, run: Run) -> tuple[Card | None, str | None]:
        """What the message shows at the end (None: it is taken away), and what only the asker is told."""
        if run.investigation is not None:
            return self.shown(run), None
        if run.result is not None and run.result.same is not None:
            return self._elsewhere(run, self.known(run.result.same)), None
        if run.before is not None and run.before.investigation is not None:
            return self.shown(run.before), _why(run)
        if run.request.asker is not None and not run.request.again and run.asked <= 1:
            return None, _why(run)
        return self._refused(run), None

    def _elsewhere(self, run: Run, other: Run | None) -> Card | None:
        """What is shown of a run whose issue another one has: where that one's card is, unless it stands in the very
        thread, or its own earlier card. A message is never taken away, for others may have been sent to it.
        """
        place, asked = run.place, run.request.asker is not None
        if asked and (place.message is None or run.before is not None):
            self._say(run.request, for_asker(self._messages, run.request.ref, other))
        if run.before is not None and run.before.investigation is not None:
            return self.shown(run.before)
        if other is None:
            return self._refused(run)
        beside = (other.place.channel, other.place.thread) == (place.channel, place.thread)
        if place.message is None and (asked or beside):
            return None
        return self._stamped(run, for_channel(self._messages, run.request, other))

    def _placed(self, run: Run, card: Card) -> str:
        """Shows the card in the run's message; where that cannot be edited any more, in a new one. Gives its `ts`."""
        place = run.place
        if place.message is not None:
            try:
                self._messages.edit(place.channel, place.message, card)
            except NotSent as refused:
                if refused.error not in GONE:
                    raise
            else:
                return place.message
            another = self.found(run)
            if another not in {None, place.message}:
                self._messages.edit(place.channel, str(another), card)
                return str(another)
        return self._messages.post(place.channel, card, place.thread, run.id)

    def _withdrawn(self, run: Run) -> str | None:
        """Takes the placeholder away, since only the person who asked is to hear of this."""
        place = run.place
        if place.message is None:
            return None
        try:
            self._messages.take_away(place.channel, place.message)
        except NotSent as refused:
            if refused.error in PASSING:
                raise
            if refused.error in GONE:
                return None
            shown = self._stamped(run, failure(NO_DIAGNOSIS))
            self._messages.edit(place.channel, place.message, shown)
            return place.message
        return None

    def _writer(self, run: Run) -> Writer:
        place = run.place

        def edit(one: Card) -> None:
            self._messages.edit(place.channel, place.message or "", one, tries=1, spare=True)

        with self._guard:
            if run.id not in self._writers:
                self._writers[run.id] = Writer(edit)
            return self._writers[run.id]

    def redraw(self, run: Run, place: Place) -> None:
        """Shows the card of an ended run as things now stand, in the message at `place`; raises `NotSent`.

        One at a time in a channel: a card drawn earlier must not be shown later.
        """
        with self._guard:
            drawing = self._drawing.setdefault(place.channel, threading.Lock())
        with drawing:
            if run.investigation is not None and place.message is not None:
                self._messages.edit(place.channel, place.message, self.shown(run))

    def recount(self, run: Run) -> None:
        """Shows on the card how often it was asked for; where that cannot be now, the next request shows it."""
        try:
            self.redraw(run, run.place)
        except (NotSent, NotStarted) as refused:
            log.info("a card does not show its count yet", run=run.id, reason=refused.sentence)

    def settle(self, run: Run) -> None:
        try:
            moved = [self.known(other) for other in self._together.moved_by(run.id)]
            for other in moved:
                if other is not None:
                    self.redraw(other, other.place)
        except NotStarted as unread:
            raise NotShown(unread.sentence) from unread
        except NotSent as refused:
            if refused.error in PASSING:
                raise NotShown(refused.sentence) from refused
            log.warning("a card could not be drawn anew", run=run.id, error=refused.error)

    def undo(self, run_id: str, user: str, name: str, at: datetime) -> bool:
        """Writes down that a person took this run's issue out of the card that it was joined to."""
        return self._together.undo(run_id, user, name, at)

    def show(self, run_id: str) -> None:
        """Draws the cards of issues that were taken apart from this run's, and its own; raises `NotSent`."""
        for one in (run_id, *self._together.apart_from(run_id)):
            run = self.known(one)
            if run is not None:
                self.redraw(run, run.place)

    def shown(self, run: Run) -> Card:
        """What the run's message shows: its card, or where the card of its cause is; raises `NotStarted`."""
        group = self._together.group_of(run.id)
        joined = next((one for one in group.others if one.incident.run == run.id), None) if group else None
        if group is None or joined is None:
            return self.drawn(run)
        leading = self.known(group.leader.run)
        at = leading.place if leading else None
        where = self._messages.link(at.channel, at.message) if at and at.message else None
        return self._stamped(run, pointing(joined, group.leader, where))

    def drawn(self, run: Run) -> Card:
        """The card of a run that ended with an investigation; raises `NotStarted`."""
        if run.investigation is None or run.result is None:
            return self._refused(run)
        now, opinions = run.investigation, self._feedback.of(run.id)
        earlier = run.before.investigation if run.before else None
        group = self._together.group_of(run.id)
        about = About(
            run=run.id,
            seconds=run.result.seconds,
            right=opinions.right,
            wrong=opinions.wrong,
            changes=changed(earlier.diagnosis, now.diagnosis) if earlier else None,
            compared=run.request.again is None or run.before is not None,
            steps=run.steps,
            asked=run.asked,
            others=group.others if group and group.leader.run == run.id else (),
            presses=self._presses.of(run.id),
            acts=self._acts,
        )
        return self._stamped(run, card(now.diagnosis, now.evidence, about))

    def tell(self, request: Request, sentence: str) -> None:
        """One sentence to the person who asked, and to nobody else; an alert asked for nothing."""
        self._say(request, failure(sentence).text)

    def announce(self, run: Run, people: Iterable[tuple[str, str]]) -> None:
        for person, channel in people:
            self._whisper(Place(channel=channel), person, for_asker(self._messages, run.request.ref, run))

    def _say(self, request: Request, text: str) -> None:
        to = request.answer_to
        if request.asker and not (to and answered(to, text, self._messages.client.base_url)):
            self._whisper(request.place, request.asker, text)

    def _whisper(self, place: Place, person: str, text: str) -> None:
        try:
            self._messages.whisper(place.channel, person, text, place.thread)
        except NotSent as refused:
            log.warning("nobody could be told", error=refused.error, text=text)

    def _refused(self, run: Run) -> Card:
        pressed = Pressed(run.id, run.request.ref.issue_id or "")
        return self._stamped(run, failure(_why(run), pressed))

    def _stamped(self, run: Run, shown: Card) -> Card:
        """Under ids of its own: Slack wants new ones with each edit, those before a restart included."""
        return shown.stamped(f"{run.id}.{secrets.token_hex(3)}")

    def _progress(self, run: Run) -> Card:
        return self._stamped(run, progress(_title(run), run.steps, self.waiting()))


def _title(run: Run) -> str:
    return f"Diagnosing {run.request.ref}"


def _why(run: Run) -> str:
    return (run.result.failed if run.result else None) or "This run ended without a result: check again."
