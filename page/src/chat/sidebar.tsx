import { memo } from "react";
import type { BotState, Channel } from "../workspace/protocol.ts";
import { said } from "../stage/bot_state.tsx";
import { HOME, hashOf } from "../workspace/route.ts";

interface Given {
  channels: readonly Channel[];
  shown: string;
  unread: Readonly<Record<string, number>>;
  connected: boolean;
  bot: BotState | null;
  homeTab: boolean;
  chosen?: () => void;
}

/** The channels, with what is unread in each, and whether the bot is there. */
export const Sidebar = memo(function Sidebar({ channels, shown, unread, connected, bot, homeTab, chosen }: Given) {
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
      {homeTab && (
        <ul className="apps">
          <li>
            <a href={hashOf({ channel: HOME })} aria-current={shown === HOME ? "page" : undefined} onClick={chosen}>
              <span className="hash" aria-hidden="true">
                ⌂
              </span>
              <span className="channel-name">diagnose, Home</span>
            </a>
          </li>
        </ul>
      )}
      <p className="bot" role="status">
        <i className={connected ? "dot on" : "dot"} aria-hidden="true" />
        diagnose <span>{said(bot, connected)}</span>
      </p>
    </nav>
  );
});
