"""JavaScript and TypeScript are followed without being run: values that are sure, hostile files in bounded time."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.schema.javascript.modules import Modules
from playbook.schema.javascript.recorder import Recorder
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import COMPUTED, NOTHING, UNKNOWN, Text, escaped, shown
from playbook.schema.unread import Unread


def value_of(expression, before="", files=None, path="a.ts"):
    files = {**(files or {}), path: f"{before}\nexport const it = {expression};"}
    modules = Modules(files)
    run = Run(modules, Recorder())
    found = run.member(modules.exports(run, path), "it")
    return [shown(one) for one in found] if isinstance(found, list) else found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'orders'", "orders"),
        ('"it\\\'s \\x41\\u0042\\u{43}"', "it's ABC"),
        ("`plain`", "plain"),
        ("`with ${'a'}_${1}`", "with a_1"),
        ("'a' + \"b\" + `c`", "abc"),
        ("('orders' as const)!", "orders"),
        ("Names.Orders", "orders"),
        ("OBJECT.inner.name", "deep"),
        ("OBJECT['inner']['name']", "deep"),
        ("OBJECT.spread", "kept"),
        ("LIST[1]", "second"),
        ("LIST.join(', ')", "first, second"),
        ("made('x')", "t_x"),
        ("TRUE ? 'yes' : 'no'", "yes"),
        ("'AbC'.toLowerCase()", "abc"),
        ("LIST.reduce((all, one) => all + one, '')", "firstsecond"),
        ("new Holder().name", "held"),
        ("Holder.kept", "still"),
        ("fallback(undefined)", "default"),
        ("picked({ name: 'p' })", "p"),
    ],
)
def test_what_the_text_tells_is_told(expression, expected):
    before = """
enum Names { Orders = "orders" }
const MORE = { spread: 'kept' };
const OBJECT = { inner: { name: 'deep' }, ...MORE };
const LIST = ['first', 'second'], TRUE = true;
function made(x) { const y = `t_${x}`; return y; }
class Holder { name = 'held'; static kept = 'still'; }
const fallback = (x = 'default') => x;
const picked = ({ name }) => name;
"""
    found = value_of(expression, before)
    assert isinstance(found, Text)
    assert found.value == expected


@pytest.mark.parametrize("expression", ["process.env.NAME", "unknown()", "Math.random()", "LATER", "LIST[UNKNOWN]"])
def test_what_only_running_would_tell_is_not_guessed(expression):
    assert value_of(expression, "const LIST = ['a'];\nconst LATER = LATER + 1;") is UNKNOWN


def test_a_text_with_an_unknown_part_says_so():
    assert COMPUTED in value_of("`a_${process.env.X}`").value
    assert COMPUTED in value_of("'a_' + process.env.X").value


def test_a_literal_knows_its_line():
    assert value_of("\n\n'here'").line == 4


@pytest.mark.parametrize(
    ("spec", "path", "content"),
    [
        ("import { NAME } from './names'", "names.ts", "export const NAME = 'x'"),
        ("import { NAME } from './names.js'", "names.ts", "export const NAME = 'x'"),
        ("import { NAME } from './names'", "names/index.ts", "export const NAME = 'x'"),
        ("import { OTHER as NAME } from './names'", "names.js", "exports.OTHER = 'x'"),
        ("const { NAME } = require('./names')", "names.js", "module.exports = { NAME: 'x' }"),
        ("import NAME from './names'", "names.ts", "export default 'x'"),
        ("import * as all from './names'; const NAME = all.NAME", "names.ts", "const NAME = 'x'; export { NAME }"),
    ],
)
def test_constants_of_other_files_are_followed(spec, path, content):
    assert value_of("NAME", spec, {path: content}).value == "x"


def test_exports_of_a_third_file_are_followed_and_a_circle_ends():
    files = {"names.ts": "export * from './deep';", "deep.ts": "import './names'; export const NAME = 'x';"}
    assert value_of("NAME", "import { NAME } from './names'", files).value == "x"
    circle = {"b.ts": "import { it } from './a'; export const other = it;"}
    assert value_of("other", "import { other } from './b'", circle) is UNKNOWN


def test_a_file_that_is_read_while_migrating_is_known_where_it_is_there():
    before = "import fs from 'fs'; import path from 'path';"
    expression = "fs.readFileSync(path.join(__dirname, 'sql', 'x.sql'), 'utf8')"
    assert value_of(expression, before, {"m/sql/x.sql": "SELECT 1"}, "m/a.ts").value == "SELECT 1"
    assert value_of(expression, before, {}, "m/a.ts") is UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "export const it = " + "[" * 5_000 + "]" * 5_000 + ";",
        "export const it = " + "-" * 5_000 + "1;",
        "export const it = " + "f(" * 3_000 + ")" * 3_000 + ";",
        "function f(x) { return f(x) + f(x) }\nexport const it = f(1);",
        "function f(x) { return f(f(x)) }\nexport const it = f(1);",
        "const a = [1,2,3,4,5,6,7,8,9];\nexport const it = " + "a.map(() => " * 20 + "1" + ")" * 20 + ";",
        "export const it = " + " + ".join(["'a'"] * 10_000) + ";",
        "export const it = a" + ".b()" * 10_000 + ";",
        "\x00\x01",
        "x" * 1_200_000,
        "export const it = `${" * 2_000,
        "class A extends A { x = new A().x }\nexport const it = new A().x;",
    ],
    ids=range(13),
)
def test_a_hostile_file_costs_bounded_time_and_never_another_error(text):
    modules = Modules({"a.ts": text})
    run = Run(modules, Recorder())
    began = time.monotonic()
    try:
        run.member(modules.exports(run, "a.ts"), "it")
    except Unread as unread:
        assert unread.args[0]
    assert time.monotonic() - began < 5


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abt.(){}[]=>'`$;, \nif+!?:constawaireunxp", max_size=80))
def test_any_text_is_read_or_is_unread(text):
    modules = Modules({"a.js": text})
    run = Run(modules, Recorder())
    try:
        modules.exports(run, "a.js")
    except Unread as unread:
        assert unread.args[0]


@given(st.text(max_size=30))
def test_an_escape_never_fails(text):
    assert isinstance(escaped(f"\\{text}"), str)


def test_nothing_is_not_unknown():
    assert value_of("undefined") is NOTHING
    assert value_of("null") is NOTHING
