import { memo } from "react";
import type { Channel } from "../workspace/protocol.ts";
import { hashOf } from "../workspace/route.ts";

interface Given {
  channels: readonly Channel[];
  shown: string;
  unread: Readonly<Record<string, number>>;
  connected: boolean;
  chosen?: () => void;
}

/** The channels, with what is unread in each, and whether the bot is there. */
export const Sidebar = memo(function Sidebar({ channels, shown, unread, connected, chosen }: Given) {
  return (
    <nav className="sidebar" aria-label="Channels">
      <h2>Channels</h2>
      <ul>
        {channels.map(({ id, name, member }) => {
          const count = id === shown ? 0 : (unread[id] ?? 0);
          return (
            <li key={id}>
              <a href={hashOf({ channel: id })} aria-current={id === shown ? "page" : undefined} className={count ? "unread" : ""} onClick={chosen}>
                <span className="hash" aria-hidden="true">
                  #
                </span>
                <span className="channel-name">{name}</span>
                {!member && <span className="aside" title="diagnose is not in this channel">no bot</span>}
                {count > 0 && (
                  <span className="count" aria-label={`${count} unread`}>
                    {count > 99 ? "99+" : count}
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
      <h2>Apps</h2>
      <p className="bot" role="status">
        <i className={connected ? "dot on" : "dot"} aria-hidden="true" />
        diagnose <span>{connected ? "is listening" : "is not connected"}</span>
      </p>
    </nav>
  );
});
