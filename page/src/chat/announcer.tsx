import { useEffect, useRef, useState } from "react";
import type { Message, Person } from "../workspace/protocol.ts";
import { spoken } from "../mrkdwn/spoken.ts";

const QUIET_MS = 800; // a burst of messages is said once, when it has ended

/** The messages that are nothing but a plan: something is being looked for, and will be said in their place. */
const running = (messages: readonly Message[]) =>
  new Set(messages.filter(({ blocks }) => blocks?.length === 1 && blocks[0]?.type === "plan").map(({ ts }) => ts));

interface Given { messages: readonly Message[]; people: Readonly<Record<string, Person>>; you: string; channel: string }

/** Says what is new to those who do not see it. Of edits only the one that ends a run: the card that took the plan's place. */
export function Announcer({ messages, people, you, channel }: Given) {
  const [said, setSaid] = useState("");
  const seen = useRef({ channel, ts: messages.at(-1)?.ts ?? "", running: new Set<string>() });
  useEffect(() => {
    if (seen.current.channel !== channel) seen.current = { channel, ts: messages.at(-1)?.ts ?? "", running: running(messages) };
    const timer = setTimeout(() => {
      const now = running(messages);
      const fresh = messages.filter(
        ({ ts, user }) => (ts > seen.current.ts && user !== you) || (seen.current.running.has(ts) && !now.has(ts)),
      );
      const last = fresh.at(-1);
      seen.current = { channel, ts: messages.at(-1)?.ts ?? "", running: now };
      if (!last) return;
      const name = last.username ?? people[last.user]?.name ?? "Somebody";
      setSaid(fresh.length > 2 ? `${fresh.length} new messages` : `${name}: ${spoken(last.text, 160)}`);
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [messages, channel]);
  return (
    <div className="unseen" aria-live="polite">
      {said}
    </div>
  );
}
