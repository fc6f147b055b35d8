import { useSyncExternalStore } from "react";

/** In the place of a channel: the app's Home tab. */
export const HOME = "home";

/** Where the reader is: `#/channel/message?thread=first`. */
export interface Route { channel: string; ts: string; thread: string }

export function routeOf(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [channel = "", ts = ""] = path.split("/");
  return { channel, ts, thread: new URLSearchParams(query).get("thread") ?? "" };
}

export function hashOf({ channel, ts = "", thread = "" }: Partial<Route> & { channel: string }): string {
  return `#/${channel}${ts ? `/${ts}` : ""}${thread ? `?thread=${thread}` : ""}`;
}

/** The route of a permalink of this workspace (`/archives/C…/p…?thread_ts=…`), or nothing for any other address. */
export function permalink(url: URL): Route | undefined {
  const match = /^\/archives\/(\w+)(?:\/p(\d+)(\d{6}))?\/?$/.exec(url.pathname);
  if (!match?.[1]) return undefined;
  const thread = url.searchParams.get("thread_ts") ?? "";
  return { channel: match[1], ts: match[2] ? `${match[2]}.${match[3]}` : "", thread };
}

export const permalinkOf = (channel: string, ts: string, thread?: string) =>
  `${location.origin}/archives/${channel}/p${ts.replace(".", "")}${thread && thread !== ts ? `?thread_ts=${thread}&cid=${channel}` : ""}`;

export function go(route: Partial<Route> & { channel: string }): void {
  const hash = hashOf(route);
  if (location.hash !== hash) location.hash = hash;
}

const subscribe = (listener: () => void) => {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
};

export const useHash = () => useSyncExternalStore(subscribe, () => location.hash);
