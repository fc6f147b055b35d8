import { type ReactNode, useMemo } from "react";
import type { Channel, Message } from "../workspace/protocol.ts";
import { isTopLevel } from "../workspace/world.ts";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message_list.tsx";

interface Given {
  channel: Channel;
  messages: readonly Message[];
  reader: string;
  marked: string;
  newFrom: string;
  read: (ts: string) => void;
  openSidebar: ReactNode;
  hint: ReactNode;
}

export function ChannelPane({ channel, messages, reader, marked, newFrom, read, openSidebar, hint }: Given) {
  const top = useMemo(() => messages.filter(isTopLevel), [messages]);
  return (
    <main className="pane channel" aria-label={`#${channel.name}`}>
      <header className="pane-head">
        {openSidebar}
        <div className="pane-title">
          <h1>
            <span aria-hidden="true">#</span> {channel.name}
          </h1>
          <p>{channel.topic}</p>
        </div>
      </header>
      <MessageList
        key={channel.id}
        label={`Messages in #${channel.name}`}
        messages={top}
        inThread={false}
        marked={marked}
        newFrom={newFrom}
        reader={reader}
        read={read}
        head={
          <div className="beginning">
            <h2># {channel.name}</h2>
            <p>{channel.topic || "This is where the channel begins."}</p>
            {!channel.member && (
              <p>
                diagnose is not in this channel. Let it in with <code>/invite @diagnose</code>.
              </p>
            )}
          </div>
        }
      />
      {hint}
      <Composer key={`${channel.id}-composer`} channel={channel.id} label={`Message #${channel.name}`} hint=" or type /" />
    </main>
  );
}
