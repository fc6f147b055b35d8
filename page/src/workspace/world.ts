import type { Change, Exchange, Message, Snapshot } from "./protocol.ts";

export const MOST_MESSAGES = 500; // of one channel; older ones are dropped, as the server does
export const MOST_EXCHANGES = 300; // the server's ring has as many

export type Link = "connecting" | "open" | "lost";

/** Everything the page knows, as one value that is replaced and never changed. */
export interface World extends Omit<Snapshot, "messages"> {
  link: Link;
  loaded: boolean;
  messages: ReadonlyMap<string, readonly Message[]>;
}

export const NOTHING_YET: World = {
  link: "connecting",
  loaded: false,
  team: { id: "", name: "Rehearsal" },
  you: "",
  bot: "",
  people: {},
  channels: [],
  messages: new Map(),
  views: [],
  home_tab: false,
  home: null,
  commands: [],
  shortcuts: [],
  connected: false,
  traffic: [],
  stage: { live: false, sentry_url: "", incidents: [], sources: [], arriving: false, bot: null },
};

const byTime = (one: Message, other: Message) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0);

export function loaded(snapshot: Snapshot): World {
  const messages = new Map<string, Message[]>(snapshot.channels.map(({ id }) => [id, []]));
  for (const message of snapshot.messages) {
    const list = messages.get(message.channel) ?? [];
    list.push(message);
    messages.set(message.channel, list);
  }
  for (const [channel, list] of messages) messages.set(channel, list.sort(byTime).slice(-MOST_MESSAGES));
  const known = snapshot.stage.incidents ? snapshot.stage : { ...NOTHING_YET.stage, ...snapshot.stage };
  return { ...snapshot, stage: known, messages, link: "open", loaded: true };
}

/** The world after a batch of changes; parts that no change touches stay the same objects. */
export function changed(world: World, changes: readonly Change[]): World {
  const next: World = { ...world };
  const touched = new Map<string, Message[]>();
  const listOf = (channel: string) => {
    const list = touched.get(channel) ?? [...(world.messages.get(channel) ?? [])];
    touched.set(channel, list);
    return list;
  };
  const exchanges: Exchange[] = [];
  for (const change of changes) {
    if (change.kind === "message") put(listOf(change.message.channel), change.message);
    else if (change.kind === "gone") remove(listOf(change.channel), change.ts);
    else if (change.kind === "channel")
      next.channels = next.channels.some(({ id }) => id === change.channel.id)
        ? next.channels.map((channel) => (channel.id === change.channel.id ? change.channel : channel))
        : [...next.channels, change.channel];
    else if (change.kind === "views") next.views = change.views;
    else if (change.kind === "home") next.home = change.home;
    else if (change.kind === "connected") next.connected = change.connected;
    else if (change.kind === "stage") next.stage = change.stage;
    else if (change.kind === "traffic") exchanges.push(change.exchange);
  }
  if (touched.size) {
    const messages = new Map(world.messages);
    for (const [channel, list] of touched) messages.set(channel, list.slice(-MOST_MESSAGES));
    next.messages = messages;
  }
  if (exchanges.length) next.traffic = merged(world.traffic, exchanges);
  return next;
}

function put(list: Message[], message: Message): void {
  let at = list.length;
  while (at > 0 && (list[at - 1] as Message).ts > message.ts) at -= 1;
  if (at > 0 && (list[at - 1] as Message).ts === message.ts) list[at - 1] = message;
  else list.splice(at, 0, message);
}

function remove(list: Message[], ts: string): void {
  const at = list.findIndex((message) => message.ts === ts);
  if (at >= 0) list.splice(at, 1);
}

function merged(traffic: readonly Exchange[], fresh: readonly Exchange[]): Exchange[] {
  const byNumber = new Map(traffic.map((exchange) => [exchange.n, exchange]));
  for (const exchange of fresh) byNumber.set(exchange.n, exchange);
  return [...byNumber.values()].sort((one, other) => one.n - other.n).slice(-MOST_EXCHANGES);
}

export const isTopLevel = (message: Message) => !message.thread_ts || message.thread_ts === message.ts;
