import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks, top } from "./scale.ts";

test("the axis ends at a round number that no value passes", () => {
  assert.deepEqual([0, 1, 3, 7, 10, 97, 100, 688, 1523, 0.3].map(top), [1, 1, 4, 8, 10, 100, 100, 800, 2000, 0.4]);
});

test("words after the time of a bucket are its mark", () => {
  assert.deepEqual(ticks(["07h", "09h deploy, onset", "11h"]), [
    { time: "07h", mark: "" }, { time: "09h", mark: "deploy, onset" }, { time: "11h", mark: "" },
  ]);
});

test("labels of several words each are labels", () => {
  assert.deepEqual(ticks(["web one", "web two"]), [{ time: "web one", mark: "" }, { time: "web two", mark: "" }]);
});
