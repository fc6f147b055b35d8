import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "../parts/icon.tsx";
import { act } from "../workspace/act.ts";
import { usePart } from "../workspace/feed.ts";
import { type Offer, completion } from "./completion.ts";
import { Offers } from "./offers.tsx";

const drafts = new Map<string, string>();

interface Given {
  channel: string;
  thread?: string;
  label: string;
  hint?: string;
  focus?: boolean;
}

/** Where messages and commands are written; Enter sends, Shift-Enter is a new line. */
export function Composer({ channel, thread, label, hint = "", focus }: Given) {
  const draft = `${channel}/${thread ?? ""}`;
  const [text, setText] = useState(() => drafts.get(draft) ?? "");
  const [caret, setCaret] = useState(text.length);
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState("");
  const [sending, setSending] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const commands = usePart((world) => world.commands);
  const incidents = usePart((world) => world.stage.incidents);
  const people = usePart((world) => world.people);
  const bot = usePart((world) => world.bot);

  const known = { commands, incidents, people: Object.values(people).filter(({ id }) => id === bot), inThread: Boolean(thread) };
  const found = closed === text ? null : completion(text, caret, known);
  const at = found ? Math.min(chosen, found.offers.length - 1) : 0;

  const write = (next: string, position = next.length) => {
    drafts.set(draft, next);
    setText(next);
    setCaret(position);
    setChosen(0);
  };

  useEffect(() => {
    if (focus) box.current?.focus({ preventScroll: true });
  }, [focus]);
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 180)}px`;
  }, [text]);

  const take = (offer: Offer) => {
    if (!found) return;
    const next = text.slice(0, found.from) + offer.insert + text.slice(found.to);
    write(next, found.from + offer.insert.length);
    if (!offer.more) setClosed(next);
    requestAnimationFrame(() => box.current?.setSelectionRange(found.from + offer.insert.length, found.from + offer.insert.length));
    box.current?.focus();
  };

  const send = async () => {
    const said = text.trim();
    if (!said || sending) return;
    setSending(true);
    write("");
    const answer = await act({ do: "say", channel, text: said, ...(thread ? { thread_ts: thread } : {}) });
    setSending(false);
    if (!answer.ok && !drafts.get(draft)) write(said);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (found) {
      const count = found.offers.length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        return setChosen((at + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
      }
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        return setClosed(text);
      }
      if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) {
        event.preventDefault();
        return take(found.offers[at] as Offer);
      }
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
  };

  return (
    <form
      className="composer"
      id={thread ? undefined : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {found && <Offers id={list} found={found} at={at} take={take} />}
      <textarea
        ref={box}
        rows={1}
        value={text}
        aria-label={label}
        placeholder={label + hint}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={found ? list : undefined}
        aria-activedescendant={found ? `${list}-${at}` : undefined}
        onChange={(event) => write(event.target.value, event.target.selectionStart)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={() => setClosed(text)}
        onFocus={() => setClosed("")}
        onKeyDown={onKeyDown}
        autoComplete="off"
        spellCheck
      />
      <button type="submit" className="send" aria-label="Send" aria-busy={sending || undefined} disabled={!text.trim()}>
        <Icon name="send" />
      </button>
    </form>
  );
}
