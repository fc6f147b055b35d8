import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksIn } from "./blocks_in.ts";

const blocks = [{ type: "divider" }];

test("blocks are found as a list, as a string, and inside a view given as a string", () => {
  assert.deepEqual(blocksIn({ blocks }), blocks);
  assert.deepEqual(blocksIn({ blocks: JSON.stringify(blocks) }), blocks);
  assert.deepEqual(blocksIn({ view: JSON.stringify({ blocks }) }), blocks);
});

test("where there are none, none are found, and broken JSON is no fault", () => {
  for (const value of [null, 1, {}, { blocks: "[" }, { view: "{" }, { blocks: [] }]) assert.equal(blocksIn(value), undefined);
});
