"""Whatever GraphQL answers, a ref is where it stands or the question is open, and a blob is a text or a reason."""

from hypothesis import example, given
from hypothesis import strategies as st

from playbook.evidence.unavailable import Unavailable
from playbook.sources.github_errors import Answer
from playbook.sources.github_query import blobs, place

SHA = "a" * 40
COMMIT = {"__typename": "Commit", "oid": SHA, "tree": {"oid": "b" * 40}}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=6,
)
targets = anything | st.just(COMMIT) | st.fixed_dictionaries({"oid": anything, "tree": anything, "target": anything})
refs = anything | st.fixed_dictionaries({"name": anything, "target": targets})
names = {"nameWithOwner": anything | st.just("acme/shop"), "url": anything | st.just("https://github.com/acme/shop")}
repositories = st.fixed_dictionaries(
    names, optional={"defaultBranchRef": refs, "t0": refs, "h0": refs, "o0": targets, "b0": anything, "b1": anything}
)
errors = anything | st.lists(
    st.fixed_dictionaries(
        {"message": anything | st.just("something went wrong")},
        optional={"type": anything | st.just("NOT_FOUND"), "path": anything, "extensions": anything},
    ),
    max_size=2,
)
answers = anything | st.fixed_dictionaries(
    {"data": anything | st.fixed_dictionaries({"repository": repositories | anything})}, optional={"errors": errors}
)


class Told:
    """A wire at whose other end somebody says anything."""

    host, by_token = "github.example.com", True

    def __init__(self, data):
        self.data, self.asked = data, []

    def query(self, repository, text, variables):
        self.asked.append((repository, text, variables))
        return Answer(200, {}, self.data)


def here(**fields):
    return {"data": {"repository": {"nameWithOwner": "acme/shop", "url": "https://github.com/acme/shop", **fields}}}


@example(here(t0={"target": {"oid": SHA, "tree": {"oid": None}}}))
@given(answers)
def test_a_place_is_told_by_names_or_is_unavailable(data):
    try:
        at = place(Told(data), "acme/shop", ["v1"])
    except Unavailable as unavailable:
        assert unavailable.sentence
    else:
        found = [*at.points.values(), *([at.tip] if at.tip else [])]
        assert all(isinstance(name, str) for point in found for name in point)


@given(answers)
def test_a_blob_is_a_text_or_a_reason_or_is_not_given(data):
    try:
        found = blobs(Told(data), "acme/shop", ["a1", "a2"])
    except Unavailable as unavailable:
        assert unavailable.sentence
    else:
        assert all(blob.text is not None or blob.why for blob in found.values())


def test_errors_that_are_null_are_none():
    told = {**here(t0={"target": COMMIT}), "errors": None}
    assert place(Told(told), "acme/shop", ["v1"]).points["v1"].commit == SHA
    unfinished = {"data": None, "errors": [{"message": "x", "type": "NOT_FOUND", "path": None, "extensions": None}]}
    try:
        place(Told(unfinished), "acme/shop", ["v1"])
    except Unavailable as unavailable:
        assert "form" not in unavailable.sentence


@given(st.text(min_size=1, max_size=30))
def test_whatever_a_ref_is_called_it_is_a_variable_and_no_part_of_the_question(name):
    wire = Told(here())
    plain = Told(here())
    place(wire, "acme/shop", [name])
    place(plain, "acme/shop", ["v1"])
    (_, text, variables), (_, other, _) = wire.asked[0], plain.asked[0]
    if "t0" in variables and "o0" not in variables:
        assert text == other
        assert variables["t0"] == f"refs/tags/{name}"
