import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, isEmpty } from "./state.ts";

const option = { text: { type: "plain_text" as const, text: "One" }, value: "1" };

test("an untouched input has Slack's empty state, and one with an initial value has that", () => {
  assert.deepEqual(initialState({ type: "plain_text_input" }), { type: "plain_text_input", value: null });
  assert.deepEqual(initialState({ type: "plain_text_input", initial_value: "a" }), { type: "plain_text_input", value: "a" });
  assert.deepEqual(initialState({ type: "static_select", initial_option: option }), { type: "static_select", selected_option: option });
  assert.deepEqual(initialState({ type: "checkboxes" }), { type: "checkboxes", selected_options: [] });
  assert.deepEqual(initialState({ type: "datepicker" }), { type: "datepicker", selected_date: null });
});

test("empty is what holds no value", () => {
  assert.ok(isEmpty(initialState({ type: "plain_text_input" })));
  assert.ok(isEmpty({ type: "plain_text_input", value: "" }));
  assert.ok(isEmpty(initialState({ type: "checkboxes" })));
  assert.ok(!isEmpty(initialState({ type: "static_select", initial_option: option })));
});
