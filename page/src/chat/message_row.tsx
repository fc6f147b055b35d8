import { type KeyboardEvent, memo, useContext } from "react";
import { PlaceContext } from "../elements/press.tsx";
import { Avatar } from "../parts/avatar.tsx";
import { act } from "../workspace/act.ts";
import { usePart } from "../workspace/feed.ts";
import type { Message, Person } from "../workspace/protocol.ts";
import { ago, clock, fullTime } from "../workspace/time.ts";
import { hashOf } from "../workspace/route.ts";
import { MessageBody } from "./message_body.tsx";
import { MessageTools } from "./message_tools.tsx";
import { MovesContext } from "./place.ts";
import { useMemo } from "react";
import { spoken } from "../mrkdwn/spoken.ts";

interface Given {
  message: Message;
  first: boolean;
  inThread: boolean;
  active: boolean;
  tools: boolean;
  marked: boolean;
}

export const MessageRow = memo(function MessageRow({ message, first, inThread, active, tools, marked }: Given) {
  const people = usePart((world) => world.people);
  const known = people[message.user];
  const person: Person = { id: message.user, name: message.username ?? known?.name ?? message.user, app: known?.app ?? true };
  const { channel, ts, ephemeral, reader, edited } = message;
  const only = reader ? `only visible to ${people[reader]?.name ?? "somebody else"}` : "only visible to you";
  const place = useMemo(() => ({ channel, ts }), [channel, ts]);
  return (
    <div
      role="listitem"
      className={`message${first ? " first" : ""}${ephemeral ? " ephemeral" : ""}${marked ? " marked" : ""}`}
      data-ts={ts}
      tabIndex={active ? 0 : -1}
      aria-label={`${person.name}, ${clock(ts)}${ephemeral ? `, ${only}` : ""}: ${spoken(message.text, 140)}`}
      onKeyDown={intoTools}
    >
      <div className="message-side">
        {first ? <Avatar person={person} /> : <Time message={message} bare />}
      </div>
      <div className="message-main">
        {ephemeral && (
          <div className="ephemeral-note">
            {only.charAt(0).toUpperCase() + only.slice(1)}
            {reader && ", and to you in this rehearsal"} ·{" "}
            <button type="button" className="link" onClick={() => void act({ do: "delete", channel, ts })}>
              Dismiss
            </button>
          </div>
        )}
        {first && (
          <div className="message-head">
            <strong>{person.name}</strong>
            {person.app && <span className="badge">APP</span>}
            <Time message={message} />
          </div>
        )}
        <PlaceContext value={place}>
          <MessageBody message={message} />
        </PlaceContext>
        {edited && <span className="edited">(edited)</span>}
        {!inThread && <Replies message={message} />}
      </div>
      {tools && !ephemeral && <MessageTools message={message} inThread={inThread} />}
    </div>
  );
});

function Time({ message, bare }: { message: Message; bare?: boolean }) {
  const { channel, ts, thread_ts } = message;
  const thread = thread_ts && thread_ts !== ts ? thread_ts : "";
  return (
    <a className={bare ? "time bare" : "time"} href={hashOf({ channel, ts, thread })} title={fullTime(ts)} tabIndex={-1}>
      <time dateTime={new Date(Number.parseFloat(ts) * 1000).toISOString()}>{clock(ts)}</time>
    </a>
  );
}

function Replies({ message }: { message: Message }) {
  const { openThread } = useContext(MovesContext);
  const count = message.reply_count ?? 0;
  if (!count) return null;
  return (
    <button type="button" className="replies" onClick={() => openThread(message.channel, message.ts)}>
      <strong>
        {count} {count === 1 ? "reply" : "replies"}
      </strong>
      {message.latest_reply && <span> · last {ago(message.latest_reply)}</span>}
    </button>
  );
}

/** Enter goes from the message into what can be done with it, Escape back. */
function intoTools(event: KeyboardEvent<HTMLDivElement>): void {
  const row = event.currentTarget;
  if (event.key === "Enter" && event.target === row) {
    row.querySelector<HTMLElement>(".message-tools button, .ephemeral-note button")?.focus();
    event.preventDefault();
  } else if (event.key === "Escape" && event.target !== row && !event.defaultPrevented) {
    row.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
