"""What came by lately is known, for as long as said and no longer."""

from bot.listen.desk import Seen


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_name_is_known_for_its_time_and_then_new_again():
    clock = Clock()
    seen = Seen(10.0, clock)
    assert [seen.before("Ev1"), seen.before("Ev1")] == [False, True]
    clock.now = 10.5
    assert not seen.before("Ev1")


def test_a_forgotten_name_is_new_and_no_name_is_nobodys():
    seen = Seen(10.0, Clock())
    seen.before(("C1", "42"))
    seen.forget(("C1", "42"))
    assert not seen.before(("C1", "42"))
    assert [seen.before(None), seen.before(None)] == [False, False]
