import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange, Message } from "./protocol.ts";
import { MOST_EXCHANGES, MOST_MESSAGES, NOTHING_YET, changed } from "./world.ts";

const message = (ts: string, text = ""): Message => ({ channel: "C1", ts, user: "U1", text });
const put = (one: Message) => ({ kind: "message", message: one }) as const;
const exchange = (n: number, ms: number | null = null): Exchange => ({ n, at: n, way: "bot→slack", name: "x", summary: "", ms, ok: null, error: null, size: 1 });

test("messages stand in the order of their time, and the same time replaces", () => {
  const world = changed(NOTHING_YET, [put(message("2.0")), put(message("1.0")), put(message("3.0")), put(message("2.0", "edited"))]);
  assert.deepEqual(world.messages.get("C1")?.map(({ ts, text }) => [ts, text]), [["1.0", ""], ["2.0", "edited"], ["3.0", ""]]);
});

test("a message that is gone leaves its place, an unknown one changes nothing", () => {
  const world = changed(NOTHING_YET, [put(message("1.0")), put(message("2.0"))]);
  const after = changed(world, [{ kind: "gone", channel: "C1", ts: "1.0" }, { kind: "gone", channel: "C1", ts: "9.0" }]);
  assert.deepEqual(after.messages.get("C1")?.map(({ ts }) => ts), ["2.0"]);
});

test("a batch leaves other messages the same objects, so that nothing else is drawn anew", () => {
  const world = changed(NOTHING_YET, [put(message("1.0"))]);
  const after = changed(world, [put(message("2.0"))]);
  assert.equal(after.messages.get("C1")?.[0], world.messages.get("C1")?.[0]);
  assert.equal(after.traffic, world.traffic);
});

test("neither messages nor exchanges grow without bound", () => {
  const many = Array.from({ length: MOST_MESSAGES + 50 }, (_, index) => put(message(String(1000 + index))));
  const busy = Array.from({ length: MOST_EXCHANGES + 50 }, (_, index) => ({ kind: "traffic", exchange: exchange(index) }) as const);
  const world = changed(NOTHING_YET, [...many, ...busy]);
  assert.equal(world.messages.get("C1")?.length, MOST_MESSAGES);
  assert.equal(world.messages.get("C1")?.[0]?.ts, "1050");
  assert.equal(world.traffic.length, MOST_EXCHANGES);
  assert.equal(world.traffic.at(-1)?.n, MOST_EXCHANGES + 49);
});

test("an answer takes the place of its request", () => {
  const world = changed(changed(NOTHING_YET, [{ kind: "traffic", exchange: exchange(1) }]), [{ kind: "traffic", exchange: exchange(1, 12) }]);
  assert.deepEqual(world.traffic.map(({ n, ms }) => [n, ms]), [[1, 12]]);
});
