import { type KeyboardEvent, useContext } from "react";
import { copied } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import { act } from "../workspace/act.ts";
import { usePart } from "../workspace/feed.ts";
import { tell } from "../workspace/notices.ts";
import type { Message } from "../workspace/protocol.ts";
import { permalinkOf } from "../workspace/route.ts";
import { MovesContext } from "./place.ts";

/** What can be done with a message; shown on the one that is pointed at or has the focus. */
export function MessageTools({ message, inThread }: { message: Message; inThread: boolean }) {
  const shortcuts = usePart((world) => world.shortcuts);
  const { openThread, showJson } = useContext(MovesContext);
  const { channel, ts, thread_ts } = message;
  const run = (callback_id: string) => void act({ do: "shortcut", callback_id, channel, ts });
  const copyLink = async () => (await copied(permalinkOf(channel, ts, thread_ts))) && tell("Link copied.");
  const [first] = shortcuts;
  return (
    <div className="message-tools" role="toolbar" aria-label="Message actions" onKeyDown={alongToolbar}>
      {first && (
        <button type="button" title={first.name} onClick={() => run(first.callback_id)}>
          <Icon name="search" />
          <span>{first.name}</span>
        </button>
      )}
      {!inThread && (
        <button type="button" aria-label="Reply in thread" title="Reply in thread" onClick={() => openThread(channel, thread_ts ?? ts)}>
          <Icon name="reply" />
        </button>
      )}
      <button type="button" aria-label="Copy link" title="Copy link" onClick={() => void copyLink()}>
        <Icon name="link" />
      </button>
      <Menu
        label="More actions"
        title="More actions"
        face={<Icon name="more" />}
        choices={[
          ...shortcuts.map(({ callback_id, name }) => ({ key: callback_id, label: name, hint: "diagnose", chosen: () => run(callback_id) })),
          { key: "copy", label: "Copy link", chosen: () => void copyLink() },
          { key: "json", label: "Show as JSON", hint: "blocks as Slack gets them", chosen: () => showJson("Message", message) },
        ]}
      />
    </div>
  );
}

function alongToolbar(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(":scope > button, :scope > .menu > button")];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
