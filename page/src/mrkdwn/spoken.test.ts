import assert from "node:assert/strict";
import { test } from "node:test";
import { spoken } from "./spoken.ts";

test("a message is read by its words, without marks and addresses", () => {
  assert.equal(
    spoken("*The migration failed* – *<https://kibana.example/app?x=1|proved>*\n_2 findings_ `a &lt; b`", 100),
    "The migration failed – proved 2 findings a < b",
  );
  assert.equal(spoken(":red_circle: <https://a.example/|*Error*>", 100), "red circle Error");
});

test("what is long is cut", () => assert.equal(spoken("x".repeat(500), 140).length, 140));
