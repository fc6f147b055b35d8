import { useCallback, useMemo } from "react";
import { useKept } from "./kept.ts";
import { type World, isTopLevel } from "./world.ts";

type Read = Readonly<Record<string, string>>;

/** How many messages of others are unread in each channel, and the means to mark them read. */
export function useUnread(world: World) {
  const [read, setRead] = useKept<Read>("read", {}, "tab");
  const unread = useMemo(() => {
    const counts: Record<string, number> = {};
    for (const [channel, list] of world.messages) {
      const last = read[channel] ?? "";
      counts[channel] = list.filter((message) => message.ts > last && message.user !== world.you && isTopLevel(message)).length;
    }
    return counts;
  }, [world.messages, world.you, read]);
  const markRead = useCallback(
    (channel: string, ts: string) => setRead((before) => ((before[channel] ?? "") >= ts ? before : { ...before, [channel]: ts })),
    [setRead],
  );
  return { unread, read, markRead };
}
