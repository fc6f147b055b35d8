"""One answer a person and run; the last one counts."""

from bot.runs.feedback import FeedbackInMemory, Opinions


def test_each_person_counts_once_and_may_change_their_mind():
    book = FeedbackInMemory()
    book.record("r1", "U1", "right")
    book.record("r1", "U1", "right")
    assert book.record("r1", "U2", "wrong") == Opinions(("U1",), ("U2",))
    assert book.record("r1", "U1", "wrong") == Opinions((), ("U1", "U2"))


def test_runs_are_kept_apart_and_an_unknown_one_has_no_answers():
    book = FeedbackInMemory()
    book.record("r1", "U1", "right")
    assert book.of("r2") == Opinions()


def test_only_so_many_runs_are_remembered():
    book = FeedbackInMemory(kept=2)
    for run in ("r1", "r2", "r3"):
        book.record(run, "U1", "right")
    assert [book.of(run).right for run in ("r1", "r2", "r3")] == [(), ("U1",), ("U1",)]
