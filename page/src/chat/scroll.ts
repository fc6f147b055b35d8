import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message } from "../workspace/protocol.ts";

const AT_BOTTOM_PX = 60; // nearer than this counts as "at the bottom"
const ABOVE_PX = 8; // left free above a message that is shown from its top

/**
 * Follows what is new for a reader who is at the bottom; for one who is not, counts it and does not move.
 *
 * "newest" shows the last message, from its top if it is taller than the window: a card is read from its verdict.
 */
export function useScroll(messages: readonly Message[], reader: string, marked: string, read?: (ts: string) => void) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const mode = useRef<"newest" | "bottom" | "free">(marked ? "free" : "newest");
  const own = useRef(-1); // where we scrolled to ourselves
  const seen = useRef(messages.at(-1)?.ts ?? "");
  const [fresh, setFresh] = useState(0);
  const last = messages.at(-1);

  const follow = useCallback(() => {
    const outer = box.current;
    if (!outer || mode.current === "free") return;
    const rows = outer.querySelectorAll<HTMLElement>("[data-ts]");
    const row = rows[rows.length - 1];
    const above = row ? row.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop - ABOVE_PX : Number.POSITIVE_INFINITY;
    const bottom = outer.scrollHeight - outer.clientHeight;
    outer.scrollTop = mode.current === "newest" ? Math.min(bottom, above) : bottom;
    own.current = outer.scrollTop;
  }, []);

  const caughtUp = useCallback(() => {
    seen.current = last?.ts ?? "";
    setFresh(0);
    if (last && !document.hidden) read?.(last.ts);
  }, [last, read]);

  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    if (mode.current === "newest" && Math.abs(scrollTop - own.current) < 2) return;
    mode.current = scrollHeight - scrollTop - clientHeight < AT_BOTTOM_PX ? "bottom" : "free";
    if (mode.current === "bottom" && fresh) caughtUp();
  };

  const toNewest = useCallback(() => {
    mode.current = "newest";
    follow();
    caughtUp();
  }, [follow, caughtUp]);

  useLayoutEffect(() => {
    const isNew = last !== undefined && last.ts > seen.current;
    if (isNew && (mode.current === "bottom" || last.user === reader)) mode.current = "newest";
    if (mode.current === "free") setFresh(messages.filter(({ ts }) => ts > seen.current).length);
    else {
      follow();
      caughtUp();
    }
  }, [messages]);

  useEffect(() => {
    const back = () => !document.hidden && mode.current !== "free" && caughtUp();
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, [caughtUp]);

  useEffect(() => {
    const observer = new ResizeObserver(follow);
    if (content.current) observer.observe(content.current);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, [follow]);

  useLayoutEffect(() => {
    if (!marked) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-ts="${CSS.escape(marked)}"]`);
    if (!row) return;
    mode.current = "free";
    row.scrollIntoView({ block: row.clientHeight > (box.current?.clientHeight ?? 0) ? "start" : "center" });
    row.focus({ preventScroll: true });
  }, [marked]);

  return { box, content, onScroll, fresh, toNewest };
}
