import assert from "node:assert/strict";
import { test } from "node:test";
import type { Inline } from "./elements.ts";
import { inline } from "./inline.ts";
import { richText } from "./rich_text.ts";

const verbatim = (text: string) => inline(text, false);
const text = (said: string, style?: object): Inline => ({ type: "text", text: said, ...(style ? { style } : {}) }) as Inline;

test("bold, italic, strike and code are styles of the text between their marks", () => {
  assert.deepEqual(verbatim("*a* _b_ ~c~ `d`"), [
    text("a", { bold: true }), text(" "), text("b", { italic: true }), text(" "),
    text("c", { strike: true }), text(" "), text("d", { code: true }),
  ]);
});

test("marks nest, and each style is open once", () => {
  assert.deepEqual(verbatim("*a _b_ c*"), [text("a ", { bold: true }), text("b", { bold: true, italic: true }), text(" c", { bold: true })]);
});

test("marks inside words, and marks with nothing to close them, are plain text", () => {
  for (const plain of ["orders_order_state", "a*b*c", "2 * 3 * 4", "*open", "_ a _", "**", "*a\nb*", "snake_case and _open"])
    assert.deepEqual(verbatim(plain), [text(plain)]);
});

test("a mark after a bullet or a bracket opens", () => {
  assert.deepEqual(verbatim("• *a* (_b_)"), [text("• "), text("a", { bold: true }), text(" ("), text("b", { italic: true }), text(")")]);
});

test("a release with an at sign stays text, alone, in code and in a link's label", () => {
  assert.deepEqual(verbatim("first in shop@1.4.0"), [text("first in shop@1.4.0")]);
  assert.deepEqual(verbatim("`shop@1.4.0`"), [text("shop@1.4.0", { code: true })]);
  assert.deepEqual(verbatim("<https://a.example/x%401|in shop@1.4.0>"), [
    { type: "link", url: "https://a.example/x%401", text: "in shop@1.4.0" },
  ]);
});

test("the minutes of a time are no emoji, a known name is one, an unknown name is text", () => {
  assert.deepEqual(verbatim("at 09:57:12 and 10:100:1"), [text("at 09:57:12 and 10:100:1")]);
  assert.deepEqual(verbatim(":red_circle: x"), [{ type: "emoji", name: "red_circle", unicode: "1f534" }, text(" x")]);
  assert.deepEqual(verbatim(":large_yellow_circle:"), [{ type: "emoji", name: "large_yellow_circle", unicode: "1f7e1" }]);
  assert.deepEqual(verbatim(":no_such_emoji:"), [text(":no_such_emoji:")]);
  assert.deepEqual(verbatim(":constructor:"), [text(":constructor:")]);
});

test("verbatim text links no bare address, other text does, without the full stop", () => {
  assert.deepEqual(verbatim("see https://a.example/b."), [text("see https://a.example/b.")]);
  assert.deepEqual(inline("see https://a.example/b.", true), [text("see "), { type: "link", url: "https://a.example/b" }, text(".")]);
});

test("links, mentions and broadcasts come from angle brackets", () => {
  assert.deepEqual(verbatim("<https://a.example/?x=1&amp;y=2|a &lt;b&gt;>"), [{ type: "link", url: "https://a.example/?x=1&y=2", text: "a <b>" }]);
  assert.deepEqual(verbatim("<@U0YOU> <#C0ALERTS|alerts> <!here>"), [
    { type: "user", user_id: "U0YOU" }, text(" "), { type: "channel", channel_id: "C0ALERTS" }, text(" "), { type: "broadcast", range: "here" },
  ]);
});

test("an angle bracket that holds no link and no mention is text, and no script address becomes a link", () => {
  for (const plain of ["<script>", "a < b > c", "<javascript:alert(1)|x>", "<"]) assert.deepEqual(verbatim(plain), [text(plain)]);
});

test("a bold link keeps its address whole", () => {
  assert.deepEqual(verbatim("*<https://a.example/a*b_c|x>*"), [{ type: "link", url: "https://a.example/a*b_c", text: "x", style: { bold: true } }]);
});

test("a link's label may stand in marks as a whole", () => {
  assert.deepEqual(verbatim("<https://a.example/|*Error*>"), [{ type: "link", url: "https://a.example/", text: "Error", style: { bold: true } }]);
  assert.deepEqual(verbatim("<https://a.example/|*_x_*>"), [{ type: "link", url: "https://a.example/", text: "x", style: { bold: true, italic: true } }]);
  assert.deepEqual(verbatim("<https://a.example/|a *b*>"), [{ type: "link", url: "https://a.example/", text: "a *b*" }]);
  assert.deepEqual(verbatim("<https://a.example/|**>"), [{ type: "link", url: "https://a.example/", text: "**" }]);
});

test("a date is shown by its format, or by its fallback when it is no time", () => {
  assert.deepEqual(verbatim("<!date^x^{date}|then>"), [text("then")]);
  assert.match((verbatim("<!date^1795168863^{date_num}|then>")[0] as { text: string }).text, /^\d\d\/\d\d\/\d{4}$/);
});

test("code fences, quotes and text are parts of their own, and entities are read", () => {
  assert.deepEqual(richText("*Do:*\n```\na &lt; b\n  c\n```\nthen\n&gt; said\n&gt; so\nend", true), [
    { type: "rich_text_section", elements: [text("Do:", { bold: true })] },
    { type: "rich_text_preformatted", elements: [text("a < b\n  c")] },
    { type: "rich_text_section", elements: [text("then")] },
    { type: "rich_text_quote", elements: [text("said\nso")], border: 1 },
    { type: "rich_text_section", elements: [text("end")] },
  ]);
});

test("marks in code are code", () => {
  assert.deepEqual(verbatim("`a *b* _c_`"), [text("a *b* _c_", { code: true })]);
});

test("long text full of open marks takes no long time", () => {
  const started = performance.now();
  inline("*a _b ~c `d <e ".repeat(800), true);
  assert.ok(performance.now() - started < 1000);
});
