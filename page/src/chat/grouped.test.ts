import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../workspace/protocol.ts";
import { grouped } from "./grouped.ts";

const noon = new Date(2026, 10, 20, 12).getTime() / 1000;
const said = (after: number, user = "U1", more: Partial<Message> = {}): Message => ({ channel: "C1", ts: (noon + after).toFixed(6), user, text: "x", ...more });
const shape = (messages: Message[]) => grouped(messages, new Date(2026, 10, 21, 12)).map(({ name, rows }) => [name, rows.map(({ first }) => first)]);

test("messages of one author within five minutes share a head", () => {
  assert.deepEqual(shape([said(0), said(60), said(400), said(401, "U2")]), [["Yesterday", [true, false, true, true]]]);
});

test("a day begins with a head of its own", () => {
  assert.deepEqual(shape([said(12 * 3600 - 10), said(12 * 3600 + 10)]), [["Yesterday", [true]], ["Today", [true]]]);
});

test("what a person typed one after the other shares a head", () => {
  const typed: Partial<Message> = { blocks: [{ type: "rich_text", elements: [] }] };
  assert.deepEqual(shape([said(0, "U1", typed), said(60, "U1", typed)]), [["Yesterday", [true, false]]]);
});

test("ephemeral messages and cards stand alone", () => {
  assert.deepEqual(shape([said(0), said(1, "U1", { ephemeral: true }), said(2), said(3, "U1", { blocks: [{ type: "divider" }] })]), [
    ["Yesterday", [true, true, true, true]],
  ]);
});
