import assert from "node:assert/strict";
import { test } from "node:test";
import { completion } from "./completion.ts";

const known = {
  commands: [
    { command: "/diagnose", description: "Why is this issue happening?", usage_hint: "[issue]" },
    { command: "/invite", description: "Let an app in", usage_hint: "[@app]" },
  ],
  incidents: [
    { name: "not_applied", ref: "SHOP-42", title: "relation does not exist", about: "", link: "" },
    { name: "renamed", ref: "SHOP-43", title: "column is gone", about: "", link: "" },
  ],
  people: [{ id: "U1", name: "diagnose", app: true }],
  inThread: false,
};
const offered = (text: string, more = {}) => completion(text, text.length, { ...known, ...more })?.offers.map(({ insert }) => insert) ?? null;

test("a slash offers the commands, and each letter fewer", () => {
  assert.deepEqual(offered("/"), ["/diagnose ", "/invite "]);
  assert.deepEqual(offered("/di"), ["/diagnose "]);
  assert.equal(offered("/nothing"), null);
});

test("a command that takes an incident offers those at hand, by reference and by title", () => {
  assert.deepEqual(offered("/diagnose "), ["SHOP-42", "SHOP-43"]);
  assert.deepEqual(offered("/diagnose gone"), ["SHOP-43"]);
  assert.deepEqual(offered("/diagnose shop-4"), ["SHOP-42", "SHOP-43"]);
});

test("what begins with the typed letters comes before what merely holds them", () => {
  const incidents = [
    { name: "one", ref: "A-1", title: "reported late", about: "", link: "" },
    { name: "replica_behind", ref: "A-2", title: "x", about: "", link: "" },
    { name: "two", ref: "A-3", title: "unreplicated", about: "", link: "" },
  ];
  assert.deepEqual(offered("/diagnose rep", { incidents }), ["A-2", "A-1", "A-3"]);
});

test("nothing more is offered once a reference is written out, so that Enter sends", () => {
  assert.equal(offered("/diagnose SHOP-42"), null);
  assert.equal(offered("/diagnose shop-42"), null);
  assert.equal(offered("/diagnose SHOP-42 "), null);
});

test("an at sign offers people, anywhere but inside a word", () => {
  assert.deepEqual(offered("look @dia"), ["@diagnose "]);
  assert.equal(offered("shop@1.4"), null);
});

test("threads take no commands", () => {
  assert.equal(offered("/di", { inThread: true }), null);
});
