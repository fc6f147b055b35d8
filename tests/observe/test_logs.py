"""One JSON object a line from whoever speaks, without secrets, of bounded size, and never a reason to stop."""

import io
import json
import logging
import sys
import threading
import time

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.observe.logs import LONGEST, MOST_READ, clean, log_to_standard_error, tell_what_nobody_caught
from playbook.redact.personal import SERVICES
from tests.observe.logging_kept import logging_kept
from tests.redact.test_promises import AROUND, PLANTED

SECRET = "xoxb-123456789012-123456789012-AbCdEfGhIjKlMnOpQrStUvWx"
CONFIGURED = "an unremarkable word of 29 characters"


@pytest.fixture
def written():
    """What the log has so far."""
    stream = io.StringIO()
    with logging_kept():
        log_to_standard_error(secrets=[CONFIGURED], stream=stream)
        yield stream


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_what_when_and_how_bad(written):
    structlog.get_logger().warning("a placeholder stays", run="r-1", error="channel_not_found")
    (line,) = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "a placeholder stays", "run": "r-1", "error": "channel_not_found", "level": "warning"}


# `svn@host` is a service's address and stays, by a rule of redaction.
SECRETS = PLANTED.filter(lambda planted: planted.partition("@")[0].lower() not in SERVICES)


@given(SECRETS, AROUND, AROUND, st.integers(0, 6))
def test_no_planted_secret_is_written_wherever_it_stands(planted, before, after, place):
    stream, text = io.StringIO(), f"{before} {planted} {after}"
    with logging_kept():
        log_to_standard_error(stream=stream)
        with structlog.contextvars.bound_contextvars(run="r-0123456789ab"):
            speak(place, text)
    (line,) = lines(stream)
    assert planted not in stream.getvalue()
    assert planted not in json.dumps(line, ensure_ascii=False)
    assert line["run"] == "r-0123456789ab"


def speak(place, text):
    log = structlog.get_logger()
    match place:
        case 0:
            log.info(text)
        case 1:
            log.info("told", error=text)
        case 2:
            log.info("told", body={"a": [{"b": text}], text: 1})
        case 3:
            log.info("told", error=ValueError(text))
        case 4:
            raised(text, lambda: log.exception("failed"))
        case 5:
            logging.getLogger("dbos").error("failed: %s", text)
        case _:
            raised(text, lambda: logging.getLogger("slack_bolt.App").exception("failed"))


def raised(text, tell):
    try:
        fail(text)
    except ValueError:
        tell()


def fail(text):
    raise ValueError(text)


def test_a_secret_of_the_settings_is_hidden_even_where_nothing_gives_it_away(written):
    structlog.get_logger().info(f"asked with {CONFIGURED}", header=[f"x {CONFIGURED}"])
    assert CONFIGURED not in written.getvalue()


@pytest.mark.parametrize("key", ["token", "slack_signing_secret", "password", "Authorization", "DB_PASSWD", "api_key"])
def test_what_stands_under_a_telling_name_is_hidden_whatever_it_is(key, written):
    structlog.get_logger().info("told", **{key: "plain"}, inner={key: ["plain"]})
    assert "plain" not in written.getvalue()


def test_an_address_where_slack_takes_answers_is_hidden(written):
    structlog.get_logger().info("told", error="POST https://hooks.slack.com/commands/T0/123/abc failed")
    assert lines(written)[0]["error"] == "POST [secret] failed"


@given(st.integers(0, 2**48 - 1))
def test_the_id_of_a_run_is_never_taken_for_a_secret(number):
    run = f"r-{number:012x}"
    assert clean()(None, "", {"event": "told", "run": run})["run"] == run


def test_a_trace_tells_no_values_of_variables(written):
    hidden_in_a_variable = "a value of a variable"

    def deeper():
        kept = hidden_in_a_variable
        raise RuntimeError(len(kept))

    try:
        deeper()
    except RuntimeError:
        structlog.get_logger().exception("failed")
    told = lines(written)[0]["exception"]
    assert "RuntimeError" in told
    assert "in deeper" in told
    assert hidden_in_a_variable not in told


def test_a_long_text_is_cut_and_a_long_trace_keeps_its_end(written):
    text = "word " * 200_000
    structlog.get_logger().info(text, body=[text] * 100, deep=[[[[[[text]]]]]])
    raised(text + "the end", lambda: structlog.get_logger().exception("failed"))
    first, second = written.getvalue().splitlines()
    assert len(json.loads(first)["event"]) <= LONGEST + 2
    assert len(first) < 60 * LONGEST
    assert json.loads(second)["exception"].endswith("the end")
    assert len(second) < 2 * LONGEST


@given(st.integers(1, len(SECRET) - 1), st.booleans())
def test_half_of_a_secret_at_a_cut_is_not_shown(shown, tail):
    """Redaction makes this text so short that the place where it was cut before comes to be seen."""
    token = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{'x7Q' * 600} "
    rest = token * (MOST_READ // len(token))
    gap = "-" * (MOST_READ - len(rest) - shown - 2)
    if tail:
        told = clean()(None, "", {"exception": f"{SECRET} {gap} {rest}"})["exception"]
    else:
        told = clean()(None, "", {"event": f"{rest}{gap}  {SECRET}"})["event"]
    assert len(told) < LONGEST
    for length in range(4, len(SECRET)):
        assert SECRET[:length] not in told
        assert SECRET[-length:] not in told


@pytest.mark.parametrize("name", ["dbos", "slack_bolt.App", "slack_sdk.web.base_client", "uvicorn.error", "anything"])
def test_python_logging_comes_out_in_the_same_form(name, written):
    logging.getLogger(name).warning("%s of %s went wrong", "part", "it")
    (line,) = lines(written)
    assert (line["event"], line["level"], line["logger"]) == ("part of it went wrong", "warning", name)
    assert set(line) == {"event", "level", "logger", "timestamp"}


def test_what_dbos_says_of_a_workflow_is_under_its_run(written):
    logging.getLogger("dbos").warning("step failed", extra={"operationUUID": "r-0123456789ab.2", "executorID": "one"})
    assert lines(written)[0]["run"] == "r-0123456789ab"


def test_dbos_itself_keeps_to_it_when_it_is_set_up_later(written):
    from dbos._logger import dbos_logger, init_logger  # noqa: PLC0415 - it is what is set up later

    init_logger()
    dbos_logger.error("told once")
    assert [line["event"] for line in lines(written)] == ["told once"]


def test_said_twice_it_is_written_once(written):
    log_to_standard_error(logging.WARNING, stream=written)
    logging.getLogger("slack_bolt.App").warning("once")
    structlog.get_logger().info("below the level")
    structlog.get_logger().warning("ours, once")
    assert [line["event"] for line in lines(written)] == ["once", "ours, once"]


class FullDisk(io.StringIO):
    """A file on a full disk."""

    def write(self, _text):
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nobody():
    with logging_kept():
        log_to_standard_error(stream=FullDisk())
        structlog.get_logger().error("lost")
        logging.getLogger("dbos").error("lost too")
        closed = io.StringIO()
        closed.close()
        log_to_standard_error(stream=closed)
        structlog.get_logger().error("lost")


class Untellable:
    """A value whose text cannot be had."""

    def __str__(self):
        raise RuntimeError("no")

    __repr__ = __str__


def test_a_value_that_cannot_be_told_stops_nobody(written):
    structlog.get_logger().info("told", what=Untellable(), number=float("nan"), surrogate="\ud800", raw=b"\xff")
    dbos = logging.getLogger("dbos")
    dbos.handlers = [one for one in dbos.handlers if type(one).__module__ == "bot.observe.logs"]  # pytest's is stricter
    dbos.error("a record %s", Untellable())
    dbos.error("too few %s %s", "one")
    first, *others = lines(written)
    assert (first["number"], first["raw"], len(others)) == ("nan", "b'\\xff'", 2)


@given(st.text(max_size=20), st.sampled_from("\n\r\x0b\x1c\x85\u2028\ud800é字"))
def test_one_event_is_one_line_of_utf_8_to_every_reader(text, odd):
    stream = io.StringIO()
    with logging_kept():
        log_to_standard_error(stream=stream)
        structlog.get_logger().info("told", error=text + odd + "end")
    (line,) = stream.getvalue().splitlines()
    told = json.loads(line.encode("utf-8"))
    assert told["error"].endswith(odd + "end")


def test_each_level_is_counted():
    heard = []
    with logging_kept():
        log_to_standard_error(heard=heard.append, stream=io.StringIO())
        structlog.get_logger().error("one")
        structlog.get_logger().debug("below the level")
        logging.getLogger("dbos").warning("another")
    assert heard == ["error", "warning"]


def test_what_ends_a_thread_is_a_line_too(written):
    tell_what_nobody_caught()
    thread = threading.Thread(target=lambda: 1 / 0, name="intake")
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError(SECRET), None)
    first, second = lines(written)
    assert (first["level"], first["thread"]) == ("critical", "intake")
    assert "ZeroDivisionError" in first["exception"]
    assert "ValueError" in second["exception"]
    assert SECRET not in written.getvalue()


def test_a_usual_line_is_clean_in_well_under_a_millisecond():
    process = clean([SECRET])
    began, times = time.perf_counter(), 500
    for _ in range(times):
        process(None, "", {"event": "a message could not be edited", "run": "r-0123456789ab", "error": "ratelimited"})
    assert (time.perf_counter() - began) / times < 0.005
