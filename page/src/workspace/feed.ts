import { useSyncExternalStore } from "react";
import type { Change, Snapshot } from "./protocol.ts";
import { type World, NOTHING_YET, changed, loaded } from "./world.ts";

const HIDDEN_BATCH_MS = 250; // a page in the background gets no animation frames
const RETRY_MS = 1_000; // when the browser itself gave up reconnecting

let world = NOTHING_YET;
let waiting: Change[] = [];
let scheduled = false;
const listeners = new Set<() => void>();

function become(next: World): void {
  world = next;
  for (const listener of listeners) listener();
}

/** Changes are applied once per frame, so two hundred alerts are a few drawings and not two hundred. */
function flush(): void {
  scheduled = false;
  const changes = waiting;
  waiting = [];
  if (changes.length) become(changed(world, changes));
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  if (document.hidden) setTimeout(flush, HIDDEN_BATCH_MS);
  else requestAnimationFrame(flush);
}

export function listen(): () => void {
  // A frame that was asked for before the tab was hidden comes only when it is shown again.
  document.addEventListener("visibilitychange", flush);
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource("/page/feed");
    source.addEventListener("snapshot", (event) => {
      waiting = [];
      become(loaded(JSON.parse((event as MessageEvent<string>).data) as Snapshot));
    });
    source.addEventListener("change", (event) => {
      waiting.push(JSON.parse((event as MessageEvent<string>).data) as Change);
      schedule();
    });
    source.addEventListener("error", () => {
      if (world.link !== "lost") become({ ...world, link: "lost" });
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
    });
  };
  open();
  return () => {
    document.removeEventListener("visibilitychange", flush);
    clearTimeout(retry);
    source.close();
  };
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useWorld = (): World => useSyncExternalStore(subscribe, () => world);

/** One part of the world; what draws it is drawn anew only when that part changes. */
export const usePart = <Part>(part: (world: World) => Part): Part => useSyncExternalStore(subscribe, () => part(world));
