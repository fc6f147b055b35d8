import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, permalink, routeOf } from "./route.ts";

test("a route survives its way through the address", () => {
  for (const route of [
    { channel: "C1", ts: "", thread: "" },
    { channel: "C1", ts: "1.000002", thread: "" },
    { channel: "C1", ts: "1.000002", thread: "1.000001" },
    { channel: "C1", ts: "", thread: "1.000001" },
  ])
    assert.deepEqual(routeOf(hashOf(route)), route);
});

test("an empty or foreign hash is no place", () => {
  assert.deepEqual(routeOf(""), { channel: "", ts: "", thread: "" });
});

test("a permalink of the workspace is a route, any other address is not", () => {
  const base = "http://127.0.0.1:7433";
  assert.deepEqual(permalink(new URL("/archives/C1/p1795168863000100", base)), { channel: "C1", ts: "1795168863.000100", thread: "" });
  assert.deepEqual(permalink(new URL("/archives/C1/p1795168863000100?thread_ts=1795168000.000001&cid=C1", base)), {
    channel: "C1", ts: "1795168863.000100", thread: "1795168000.000001",
  });
  assert.equal(permalink(new URL("/static/licences.txt", base)), undefined);
});
