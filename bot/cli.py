"""The `diagnose` command: each command is a few lines; what it needs is imported when it runs, so help is quick."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from playbook.investigate import Investigation

WRONG_USE, NO_ISSUE = 2, 3
"""Exit statuses: 0 diagnosed, 2 wrong use or settings, 3 the issue cannot be had."""

app = typer.Typer(
    help="Why is this Sentry issue happening, how sure are you, what do I do now?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: rich alone would take four times as long to import as all the rest
    pretty_exceptions_enable=False,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print the diagnosis as JSON.")]


@app.command()
def issue(
    ref: Annotated[str, typer.Argument(help="An issue's number, short id or link, or an event id.")],
    as_json: AsJson = False,
    save: Annotated[Path | None, typer.Option(help="Save the redacted recording of the run here.")] = None,
) -> None:
    """Diagnose one issue with the configured sources."""
    from bot import terminal

    found = _investigated(ref)
    if save:
        _write(save, found.recording.text())
    terminal.show(found.diagnosis, as_json=as_json)


@app.command()
def record(
    ref: Annotated[str, typer.Argument(help="An issue's number, short id or link, or an event id.")],
    folder: Annotated[Path, typer.Argument(help="Where the incident is kept: recording, diagnosis, card.")],
    about: Annotated[str, typer.Option(help="A sentence of what happened, for those who rehearse it.")] = "",
) -> None:
    """Diagnose one issue and keep it, redacted, for `diagnose replay` and `diagnose demo --recordings`."""
    from bot import terminal
    from bot.kept import keep

    found = _investigated(ref)
    try:
        keep(found, folder, about or found.diagnosis.issue.title)
    except OSError as error:
        _leave(f"{folder} cannot be written: {error.strerror or error}", WRONG_USE)
    terminal.show(found.diagnosis, as_json=False)


@app.command()
def replay(file: Annotated[Path, typer.Argument(help="A recording.")], as_json: AsJson = False) -> None:
    """Diagnose a saved recording again, offline: the same recording gives the same bytes."""
    from pydantic import ValidationError

    from bot import terminal
    from playbook.evidence.unavailable import Unavailable
    from playbook.investigate import replay as again
    from playbook.sources.recording import Recording

    try:
        recording = Recording.model_validate_json(_read(file))
    except ValidationError:
        _leave(f"{file} is not a recording of this version; make one with `diagnose issue REF --save FILE`", WRONG_USE)
    try:
        with terminal.progress(f"Replaying {recording.inquiry.ref}") as tell:
            found = again(recording, tell)
    except Unavailable as unavailable:
        _leave(unavailable.sentence, NO_ISSUE)
    terminal.show(found.diagnosis, as_json=as_json)


@app.command()
def judge(
    file: Annotated[Path, typer.Argument(help="Facts as JSON, in the form of `diagnose facts`.")],
    as_json: AsJson = False,
) -> None:
    """Judge facts that you bring along; nothing is fetched."""
    from bot import terminal
    from bot.evidence_file import judged

    try:
        diagnosis = judged(_read(file))
    except ValueError as wrong:
        _leave(f"{file}: {wrong}", WRONG_USE)
    terminal.show(diagnosis, as_json=as_json)


@app.command()
def facts() -> None:
    """Print the JSON Schema of every fact."""
    from bot.evidence_file import schema

    print(json.dumps(schema(), indent=2, ensure_ascii=False))


@app.command()
def classify() -> None:
    """Read JSON lines with `type` and `value`, print which playbook each belongs to and its subject."""
    from bot.classify import classify as answers

    try:
        for answer in answers(sys.stdin):
            print(answer)
    except ValueError as wrong:
        _leave(str(wrong), WRONG_USE)


@app.command()
def playbooks() -> None:
    """Print the playbooks there are, their causes, and the evidence that each signal asks for."""
    from bot import terminal

    terminal.show_playbooks()


@app.command()
def schema(
    repo: Annotated[Path | None, typer.Option(help="A git checkout whose migrations are folded.")] = None,
    at: Annotated[str, typer.Option(help="The commit, tag or branch at which it is read.")] = "HEAD",
    relation: Annotated[str, typer.Option(help="Tell of this relation only.")] = "",
    patch: Annotated[
        list[Path] | None, typer.Option(help="A diff to read instead; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a repository's migrations make of the database, or what a change does to it; nothing is run."""
    from bot.schema import of_checkout, of_patch_file
    from playbook.evidence.unavailable import Unavailable

    if bool(repo) == bool(patch):
        _leave("name a checkout with --repo, or one or more diffs with --patch", WRONG_USE)
    try:
        for file in patch or ():
            print(of_patch_file(file))
        if repo:
            print(of_checkout(repo, at, relation, as_json=as_json))
    except Unavailable as unavailable:
        _leave(unavailable.sentence, WRONG_USE)


@app.command()
def serve(
    http: Annotated[bool, typer.Option("--http", help="Serve Slack's HTTP requests instead of Socket Mode.")] = False,
) -> None:
    """Run the Slack bot."""
    from bot.serve import serve as run
    from bot.settings import WrongSettings, load

    try:
        run(*load(), http=http)
    except WrongSettings as wrong:
        _leave(wrong.sentence, WRONG_USE)


@app.command()
def purge(
    before: Annotated[
        str | None, typer.Option(help="Runs that ended so long ago (12h, 30d, 8w), or before a day.")
    ] = None,
    issue: Annotated[
        str | None, typer.Option(help="All ended runs of this issue: its number, short id or link.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="This person's part in any run: an id in Slack.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be forgotten.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget what is kept: old runs, an issue's runs, or a person's part in them."""
    from bot.app import now
    from bot.purge import WrongUse, wanted
    from bot.purge import purge as forget
    from bot.runs.past import HistoryInTables
    from bot.runs.run import NotStarted
    from bot.serve import kept_by
    from bot.settings import WrongSettings, load

    try:
        settings, _ = load()
        asked = wanted(before, issue, person, now(), settings.sentry_url)
        history = HistoryInTables(kept_by(settings).engine)
        done = forget(history, asked, dry=dry_run, ask=None if yes else typer.confirm, say=typer.echo)
    except (WrongSettings, NotStarted) as wrong:
        _leave(wrong.sentence, WRONG_USE)
    except WrongUse as wrong:
        _leave(str(wrong), WRONG_USE)
    raise typer.Exit(0 if done else 1)


@app.command()
def demo(
    name: Annotated[str, typer.Argument(help="Which recorded incident comes first.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Show one incident in the terminal and leave.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Use the configured sources instead of recordings.")] = False,
    recordings: Annotated[
        Path | None, typer.Option(help="A folder of incidents that `diagnose record` kept, instead of those that came.")
    ] = None,
    port: Annotated[int, typer.Option(help="Where the page is served; the next free port if it is taken.")] = 7433,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    together: Annotated[bool, typer.Option("--together", help="Let two people ask for one issue at once.")] = False,
    storm: Annotated[int, typer.Option(min=0, max=500, help="Let so many alerts come within a minute.")] = 0,
    kill: Annotated[bool, typer.Option("--kill", help="Kill the bot in the middle of a run.")] = False,
) -> None:
    """Open a workspace in the browser in which the bot diagnoses recorded incidents."""
    from bot.demo import NoSuchIncident, acts, known, show

    if live and (together or storm or kill):
        _leave("--together, --storm and --kill rehearse recorded incidents: leave --live out", WRONG_USE)
    try:
        known(name, recordings)
        if once:
            show(name, recordings)
            return
    except NoSuchIncident as wrong:
        _leave(str(wrong), WRONG_USE)

    from bot.playground.open import NoPort, open_workspace
    from bot.settings import WrongSettings, load

    try:
        open_workspace(
            port,
            browser=browser,
            first=name,
            place=recordings,
            configured=load() if live else None,
            acts=acts(together=together, storm=storm, kill=kill),
        )
    except WrongSettings as wrong:
        _leave(wrong.sentence, WRONG_USE)
    except NoPort as taken:
        _leave(str(taken), WRONG_USE)


@app.command()
def doctor(
    button: Annotated[
        str | None, typer.Option(help="Post a button in this channel (its id) and wait for a person to press it.")
    ] = None,
) -> None:
    """Try every token, scope, host and permission for real, and say exactly what is missing."""
    from bot.doctor import examine
    from bot.settings import WrongSettings, load

    try:
        well = examine(*load(), button)
    except WrongSettings as wrong:
        _leave(wrong.sentence, WRONG_USE)
    raise typer.Exit(0 if well else WRONG_USE)


def main() -> None:
    """The console script."""
    app(prog_name="diagnose")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        _leave(f"{file} cannot be read: {reason}", WRONG_USE)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        _leave(f"{file} cannot be written: {error.strerror}", WRONG_USE)


def _investigated(ref: str) -> "Investigation":
    """One issue with the configured sources, its progress on the terminal; leaves with a sentence where it cannot."""
    from bot import terminal
    from bot.app import investigator, now
    from bot.settings import WrongSettings, load
    from playbook.evidence.unavailable import Unavailable
    from playbook.reference import NotAReference, reference

    try:
        settings, mapping = load()
        run = investigator(settings, mapping)
        with terminal.progress(f"Diagnosing {ref}") as tell:
            return run(reference(ref, settings.sentry_url), now(), tell)
    except (WrongSettings, NotAReference) as wrong:
        _leave(wrong.sentence, WRONG_USE)
    except Unavailable as unavailable:
        _leave(unavailable.sentence, NO_ISSUE)


def _leave(sentence: str, status: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(status)
