import type { Command, Incident, Person } from "../workspace/protocol.ts";

export interface Offer { insert: string; label: string; hint: string; more: boolean }
export interface Completion { from: number; to: number; label: string; offers: Offer[] }

interface Known { commands: readonly Command[]; incidents: readonly Incident[]; people: readonly Person[]; inThread: boolean }

const MOST_OFFERS = 24;

export const firstLine = (text: string) => text.split("\n", 1)[0] ?? "";

/** What can be put in at the caret: commands after a slash, incidents after a command that takes one, names after an at sign. */
export function completion(text: string, caret: number, known: Known): Completion | null {
  const before = text.slice(0, caret);
  const found = command(before, known) ?? incident(before, known) ?? mention(before, known);
  if (!found) return null;
  const typed = text.slice(found.from, found.to);
  const offers = found.offers.filter(({ insert }) => insert.trim().toLowerCase() !== typed.toLowerCase() || insert.trim() !== insert);
  return offers.length && !(offers.length === 1 && offers[0]?.insert === typed) ? { ...found, offers: offers.slice(0, MOST_OFFERS) } : null;
}

function command(before: string, { commands, inThread }: Known): Completion | null {
  if (!/^\/\S*$/.test(before) || inThread) return null;
  const offers = commands
    .filter((one) => one.command.startsWith(before.toLowerCase()))
    .map((one) => ({ insert: `${one.command} `, label: `${one.command} ${one.usage_hint}`.trim(), hint: one.description, more: true }));
  return { from: 0, to: before.length, label: "Commands", offers };
}

function incident(before: string, { incidents, inThread }: Known): Completion | null {
  const match = /^\/diagnose\s+(\S*)$/i.exec(before) ?? (inThread ? null : /^@diagnose\s+(\S*)$/i.exec(before));
  if (!match) return null;
  const typed = (match[1] as string).toLowerCase();
  const offers = incidents
    .map((one) => ({ one, rank: rank(one, typed) }))
    .filter((ranked) => ranked.rank < NO_MATCH)
    .sort((former, latter) => former.rank - latter.rank)
    .map(({ one }) => one)
    .map(({ ref, title, about }) => ({ insert: ref, label: ref, hint: about || firstLine(title), more: false }));
  if (incidents.some(({ ref }) => ref.toLowerCase() === typed)) return null;
  return { from: before.length - typed.length, to: before.length, label: "Incidents", offers };
}

const NO_MATCH = 3;

/** References and names that begin with what was typed come first, then words that do, then any part of the text. */
function rank({ ref, name, title, about }: Incident, typed: string): number {
  if ([ref, name].some((field) => field.toLowerCase().startsWith(typed))) return 0;
  const text = `${ref} ${name} ${title} ${about}`.toLowerCase();
  if (text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed))) return 1;
  return text.includes(typed) ? 2 : NO_MATCH;
}

function mention(before: string, { people }: Known): Completion | null {
  const match = /(?:^|\s)@(\S*)$/.exec(before);
  if (!match) return null;
  const typed = (match[1] as string).toLowerCase();
  const offers = people
    .filter(({ name }) => name.toLowerCase().startsWith(typed))
    .sort((one, other) => one.name.localeCompare(other.name))
    .map(({ name, app }) => ({ insert: `@${name} `, label: `@${name}`, hint: app ? "app" : "", more: true }));
  return { from: before.length - typed.length - 1, to: before.length, label: "People", offers };
}
