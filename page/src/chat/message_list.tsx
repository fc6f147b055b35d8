import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import type { Message } from "../workspace/protocol.ts";
import { grouped } from "./grouped.ts";
import { MessageRow } from "./message_row.tsx";
import { useScroll } from "./scroll.ts";

const DRAWN_AT_FIRST = 80; // messages; more are drawn when asked for
const HAS_POINTER = "(hover: hover)";

interface Given {
  label: string;
  messages: readonly Message[];
  inThread: boolean;
  marked: string;
  newFrom?: string;
  head?: ReactNode;
  afterFirst?: ReactNode;
  reader: string;
  read?: (ts: string) => void;
}

/** The messages of a channel or a thread. */
export function MessageList({ label, messages, inThread, marked, newFrom, head, afterFirst, reader, read }: Given) {
  const [most, setMost] = useState(DRAWN_AT_FIRST);
  const [active, setActive] = useState("");
  const [focused, setFocused] = useState("");
  const [pointed, setPointed] = useState("");
  const markedAt = marked ? messages.findIndex(({ ts }) => ts === marked) : -1;
  const drawn = Math.max(most, markedAt >= 0 ? messages.length - markedAt + 10 : 0);
  const shown = useMemo(() => (inThread ? messages : messages.slice(-drawn)), [messages, drawn, inThread]);
  const days = useMemo(() => grouped(shown), [shown]);
  const last = messages.at(-1);
  const scroll = useScroll(messages, reader, marked, read);
  const touch = useMemo(() => !matchMedia(HAS_POINTER).matches, []);
  const focusable = shown.some(({ ts }) => ts === active) ? active : (last?.ts ?? "");

  useEffect(() => {
    if (marked) setActive(marked);
  }, [marked]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = event.target as HTMLElement;
    if (!row.matches("[data-ts]")) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-ts]")];
    const at = rows.indexOf(row);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setPointed("");
    const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  return (
    <div className="messages">
      <div
        ref={scroll.box}
        className="messages-scroll"
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const ts = rowOf(event.target);
          setFocused(ts);
          if (ts) setActive(ts);
        }}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused("")}
        onPointerOver={(event) => !event.currentTarget.querySelector("[role=menu]") && setPointed(rowOf(event.target))}
        onPointerLeave={() => setPointed("")}
      >
        <div ref={scroll.content} className="messages-content">
          {messages.length > shown.length ? (
            <button type="button" className="button earlier" onClick={() => setMost(most + DRAWN_AT_FIRST * 2)}>
              Show earlier messages
            </button>
          ) : (
            head
          )}
          {days.map(({ name, rows }, index) => (
            <section key={name} aria-label={`${label}, ${name}`}>
              {!inThread && <h2 className="day">{name}</h2>}
              {pieces(rows, newFrom, index === 0 && afterFirst).map(({ key, before, rows: piece }) => (
                <div key={key}>
                  {before}
                  <div role="list">
                    {piece.map(({ message, first }) => (
                      <MessageRow
                        key={message.ts}
                        message={message}
                        first={first}
                        inThread={inThread}
                        active={message.ts === focusable}
                        tools={touch || message.ts === (pointed || focused)}
                        marked={message.ts === marked}
                      />
                    ))}
                  </div>
                </div>
              ))}
            </section>
          ))}
        </div>
      </div>
      {scroll.fresh > 0 && (
        <button type="button" className="fresh" onClick={scroll.toNewest}>
          {scroll.fresh} new {scroll.fresh === 1 ? "message" : "messages"} ↓
        </button>
      )}
    </div>
  );
}

const rowOf = (target: EventTarget) => (target as HTMLElement).closest<HTMLElement>("[data-ts]")?.dataset.ts ?? "";

interface Piece { key: string; before: ReactNode; rows: ReturnType<typeof grouped>[number]["rows"] }

/** Rows cut where a line stands between them: what is new, or the replies below a thread's first message. */
function pieces(rows: Piece["rows"], newFrom: string | undefined, afterFirst: ReactNode): Piece[] {
  const newAt = newFrom ? rows.findIndex(({ message }) => message.ts >= newFrom) : -1;
  const cuts: [number, ReactNode][] = [[0, null]];
  if (afterFirst && rows.length > 0) cuts.push([1, afterFirst]);
  if (newAt >= 0 && rows[newAt]?.message.ts === newFrom) cuts.push([newAt, <div key="new" className="new-line">New</div>]);
  cuts.sort(([one], [other]) => one - other);
  return cuts.map(([from, before], index) => ({ key: `${index}`, before, rows: rows.slice(from, cuts[index + 1]?.[0]) }));
}
