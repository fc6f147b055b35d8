"""What a patch changes is read line by line, and in which function, in bounded time whatever it holds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.hunks import LONGEST, changed, functions_changed, telling

PATCH = """@@ -1,4 +1,4 @@ import os
 def index(request):
-    return one
+    return 1
@@ -20,5 +20,6 @@ def create(request):
     order = Order()
+    order.save()
     return order
 def other():
"""


def test_added_lines_are_numbered_as_in_the_new_file():
    assert [(line.added, line.text.strip(), line.number) for line in changed(PATCH)] == [
        (False, "return one", None),
        (True, "return 1", 2),
        (True, "order.save()", 21),
    ]


def test_a_lone_bracket_says_nothing():
    assert telling("@@ -0,0 +1,3 @@\n+)\n+}\n+  keep = 1") == (frozenset({"keep = 1"}), frozenset())


def test_a_function_is_changed_where_its_body_is_and_by_the_heading_of_a_hunk():
    assert functions_changed(PATCH, ["index", "create", "other"]) == {"index", "create"}


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("async def create(self):", "create"),
        ("  def self.create(order)", "create"),
        ("func (s *Server) Create(w http.ResponseWriter) {", "Create"),
        ("    public async Task<Order> Create(Order order)", "Create"),
        ("  async create(order) {", "create"),
        ("const create = async (order) => {", "create"),
        ("export default function create(order) {", "create"),
        ("    fn create(order: Order) -> Order {", "create"),
        ("  defp create(order) do", "create"),
        ("    public function create(Order $order): Order", "create"),
    ],
)
def test_functions_of_many_languages_are_seen_to_begin(opening, name):
    patch = f"@@ -1,2 +1,2 @@\n {opening}\n+    changed(1)"
    assert functions_changed(patch, [name]) == {name}
    assert functions_changed(patch, [name + "d"]) == frozenset()


@pytest.mark.parametrize("call", ["    create(order)", "    return self.create(order)", "create_order = 1"])
def test_a_call_is_not_where_a_function_begins(call):
    assert functions_changed(f"@@ -1,2 +1,2 @@\n {call}\n+    changed(1)", ["create"]) == frozenset()


@given(
    st.text()
    | st.lists(st.sampled_from(["@@ -1 +1 @@ def f", "+x", "-def f():", " class A", "", "\\ No"])).map("\n".join)
)
def test_nothing_breaks_the_reading_of_a_patch(patch):
    assert all(line.added == (line.number is not None) for line in changed(patch))
    assert functions_changed(patch, ["f"]) <= {"f"}


@pytest.mark.parametrize(
    "line", ["+public " * 60, "+" + "create(" * 80, "+def (" * 90, "+" + "a" * 500, "+create : async "]
)
def test_a_hostile_patch_costs_a_bounded_time(line):
    patch = "@@ -1 +1 @@\n" + f"{line}\n" * (LONGEST // len(line))
    began = time.monotonic()
    functions_changed(patch, ["create", "index", "save", "load", "run"])
    assert time.monotonic() - began < 5
