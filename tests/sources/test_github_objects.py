"""What was read by its id is kept within a bound, whoever asks at the same time."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from playbook.schema.relation import Revision
from playbook.sources.github_objects import MOST_ANSWERS, Blob, Entry, Listing, Objects

LETTERS = st.text("abcdef0123456789", min_size=1, max_size=3)


def test_a_blob_and_a_tree_with_one_id_are_two_things():
    objects = Objects()
    objects.keep_blob("a1", Blob("text"))
    assert objects.tree("a1") is None
    objects.keep_tree("a1", Listing((), whole=True))
    assert objects.blob("a1") == Blob("text")


def test_an_id_that_was_never_read_is_not_known():
    assert Objects().blob("a1") is None


@given(st.lists(st.tuples(LETTERS, st.integers(0, 6_000), st.booleans()), max_size=60))
def test_never_more_is_held_than_the_bound_and_the_newest_is_there(kept):
    objects = Objects(most_bytes=20_000)
    for oid, size, is_tree in kept:
        if is_tree:
            objects.keep_tree(oid, Listing(tuple(Entry("x" * 10, "o", 1) for _ in range(size // 600)), whole=True))
        else:
            objects.keep_blob(oid, Blob("x" * size))
            assert objects.blob(oid) == Blob("x" * size)
        assert objects.bytes <= 20_000


def test_what_alone_is_larger_than_the_bound_is_not_kept_and_harms_nothing():
    objects = Objects(most_bytes=20_000)
    objects.keep_blob("small", Blob("x"))
    objects.keep_blob("large", Blob("x" * 20_000))
    objects.keep_tree("large", Listing(tuple(Entry("x" * 100, "o", 1) for _ in range(200)), whole=True))
    assert (objects.blob("large"), objects.tree("large")) == (None, None)
    assert objects.blob("small") == Blob("x")


def test_the_least_recently_used_goes_first():
    objects = Objects(most_bytes=20_000)
    for oid in ("a", "b", "c"):
        objects.keep_blob(oid, Blob("x" * 4_000))
    objects.blob("a")
    objects.keep_blob("d", Blob("x" * 4_000))
    assert [oid for oid in "abcd" if objects.blob(oid)] == ["a", "c", "d"]


def test_a_text_counts_with_what_it_takes_in_memory_not_with_its_length():
    ascii_text, wide = Objects(), Objects()
    ascii_text.keep_blob("a", Blob("x" * 1_000))
    wide.keep_blob("a", Blob("\U0001f600" * 1_000))
    assert wide.bytes > ascii_text.bytes + 2_500


def test_answers_are_bounded_in_number():
    objects = Objects()
    for number in range(MOST_ANSWERS + 1):
        objects.keep_answer((str(number),), {"number": number})
    assert objects.answer(("0",)) is None
    assert objects.answer(("1",)) == {"number": 1}


def test_many_threads_at_once_keep_within_the_bound():
    objects, wrong = Objects(most_bytes=50_000), []

    def keep(start: int) -> None:
        for number in range(start, start + 300):
            objects.keep_blob(str(number % 97), Blob("x" * (number % 97)))
            found = objects.blob(str(number % 89))
            if found is not None and len(found.text or "") != number % 89:
                wrong.append(number)
            if objects.bytes > 50_000:
                wrong.append(number)

    threads = [threading.Thread(target=keep, args=(start,)) for start in range(0, 800, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert wrong == []


def test_a_fold_of_fewer_files_is_never_taken_for_that_of_others():
    objects = Objects()
    texts = {f"db/migrate/2026010100000{n}_t{n}.rb": f"create_table :t{n} do |t|\nend\n" for n in range(2)}
    whole = {
        path: f"class T{n} < ActiveRecord::Migration[7.1]\n  def change\n    {text}  end\nend\n"
        for n, (path, text) in enumerate(texts.items())
    }
    first, second = ({path: whole[path]} for path in whole)
    made = [sorted(objects.fold(Revision("c" * 40, some, {})).relations) for some in (first, second, first, whole)]
    assert made[0] == made[2]
    assert made[0] != made[1]
    assert len(made[3]) == 2
