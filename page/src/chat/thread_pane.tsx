import { useMemo } from "react";
import { Icon } from "../parts/icon.tsx";
import type { Channel, Message } from "../workspace/protocol.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message_list.tsx";

interface Given {
  channel: Channel;
  thread: string;
  messages: readonly Message[];
  reader: string;
  marked: string;
  close: () => void;
}

export function ThreadPane({ channel, thread, messages, reader, marked, close }: Given) {
  const shown = useMemo(() => messages.filter((message) => message.ts === thread || message.thread_ts === thread), [messages, thread]);
  const replies = shown.filter(({ ts }) => ts !== thread).length;
  return (
    <aside
      className="pane thread"
      aria-label={`Thread in #${channel.name}`}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) close();
      }}
    >
      <header className="pane-head">
        <button type="button" className="quiet back" aria-label="Back to the channel" onClick={close}>
          <Icon name="back" />
        </button>
        <div className="pane-title">
          <h2>Thread</h2>
          <p>#{channel.name}</p>
        </div>
        <button type="button" className="quiet close" aria-label="Close the thread" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <MessageList
        key={thread}
        label={`Messages of the thread in #${channel.name}`}
        messages={shown}
        inThread
        marked={marked}
        reader={reader}
        head={!shown.length && <p className="nothing">This thread is not here any more.</p>}
        afterFirst={
          replies > 0 && (
            <div className="replies-line">
              {replies} {replies === 1 ? "reply" : "replies"}
            </div>
          )
        }
      />
      {shown.length > 0 && (
        <Composer key={`${thread}-composer`} channel={channel.id} thread={thread} label="Reply in the thread" focus={!marked && matchMedia("(hover: hover)").matches} />
      )}
    </aside>
  );
}
