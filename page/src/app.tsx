import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Announcer } from "./chat/announcer.tsx";
import { ChannelPane } from "./chat/channel_pane.tsx";
import { Hint } from "./chat/hint.tsx";
import { Modals } from "./chat/modal.tsx";
import { type Moves, MovesContext } from "./chat/place.ts";
import { Sidebar } from "./chat/sidebar.tsx";
import { ThreadPane } from "./chat/thread_pane.tsx";
import { HomePane } from "./home/home_pane.tsx";
import { Inspector } from "./inspector/inspector.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Icon } from "./parts/icon.tsx";
import { Json } from "./parts/json.tsx";
import { Notices } from "./parts/notices.tsx";
import { BotStrip } from "./stage/bot_state.tsx";
import { StageBar } from "./stage/stage_bar.tsx";
import { listen, useWorld } from "./workspace/feed.ts";
import { useKept } from "./workspace/kept.ts";
import { HOME, go, hashOf, permalink, routeOf, useHash } from "./workspace/route.ts";
import { useTheme } from "./workspace/theme.ts";
import { useUnread } from "./workspace/unread.ts";
import { type World, isTopLevel } from "./workspace/world.ts";

const NO_MESSAGES: readonly never[] = [];

export function App() {
  useEffect(listen, []);
  const world = useWorld();
  if (!world.loaded)
    return (
      <main className="waiting" aria-busy="true">
        <p role="status">{world.link === "lost" ? "Rehearsal does not answer. Is it still running in the terminal? Trying again …" : "Opening the workspace …"}</p>
      </main>
    );
  return <Workspace world={world} />;
}

function Workspace({ world }: { world: World }) {
  const route = routeOf(useHash());
  const channel = world.channels.find(({ id }) => id === route.channel) ?? world.channels[0];
  const [theme, setTheme] = useTheme();
  const [inspecting, setInspecting] = useKept("inspecting", false, "tab");
  const [hinted, setHinted] = useKept("hinted", false);
  const [drawer, setDrawer] = useState(false);
  const [json, setJson] = useState<{ title: string; value: unknown } | null>(null);
  const { unread, read, markRead } = useUnread(world);
  const atHome = world.home_tab && route.channel === HOME;
  const shown = atHome ? HOME : (channel?.id ?? "");
  const newFrom = useNewFrom(shown, world, read);
  const messages = world.messages.get(shown) ?? NO_MESSAGES;
  const alertsChannel = world.channels.find(({ name }) => name === "alerts")?.id ?? "";

  const moves: Moves = useMemo(
    () => ({
      openThread: (id, ts) => go({ channel: id, thread: ts }),
      showJson: (title, value) => setJson({ title, value }),
    }),
    [],
  );
  const readHere = useCallback((ts: string) => markRead(shown, ts), [markRead, shown]);
  const closeThread = () => {
    const row = document.querySelector<HTMLElement>(`.channel [data-ts="${CSS.escape(route.thread)}"]`);
    addEventListener("hashchange", () => row?.focus({ preventScroll: true }), { once: true }); // the channel may be hidden until then
    go({ channel: shown });
  };
  useOwnLinks();
  useEffect(() => {
    const count = Object.entries(unread).reduce((sum, [id, more]) => sum + (id === shown ? 0 : more), 0);
    document.title = `${count ? `(${count}) ` : ""}${atHome ? "Home · " : channel ? `#${channel.name} · ` : ""}Rehearsal`;
  }, [unread, shown, channel, atHome]);
  if (!channel) return <main className="waiting">This workspace has no channels.</main>;

  const first = world.stage.incidents.find(({ ref }) => ref === "SHOP-42") ?? world.stage.incidents[0];
  const elsewhere = Object.entries(unread).some(([id, count]) => id !== shown && count > 0);
  const sidebar = <Sidebar channels={world.channels} shown={shown} unread={unread} connected={world.connected} bot={world.stage.bot} homeTab={world.home_tab} chosen={() => setDrawer(false)} />;
  const openSidebar = (
    <button type="button" className="quiet open-drawer" aria-label="Channels" onClick={() => setDrawer(true)}>
      <Icon name="menu" />
      {elsewhere && <i className="dot unread-dot" />}
    </button>
  );
  return (
    <MovesContext value={moves}>
      <a className="skip" href="#composer" onClick={toComposer}>
        Skip to the message box
      </a>
      <div className={`page${route.thread ? " with-thread" : ""}${inspecting ? " with-inspector" : ""}`}>
        <StageBar stage={world.stage} incidentsChannel={world.channels[0]?.id ?? ""} alertsChannel={alertsChannel} theme={theme} setTheme={setTheme} inspecting={inspecting} setInspecting={setInspecting} />
        {world.link === "lost" && (
          <p className="reconnecting" role="status">
            Reconnecting … what you see may be old.
          </p>
        )}
        <BotStrip bot={world.stage.bot} />
        <div className="panes">
          {sidebar}
          {atHome ? (
            <HomePane view={world.home} connected={world.connected} openSidebar={openSidebar} />
          ) : (
            <ChannelPane
              channel={channel}
              messages={messages}
              reader={world.you}
              marked={route.thread ? "" : route.ts}
              newFrom={newFrom}
              read={readHere}
              openSidebar={openSidebar}
              hint={
                !hinted &&
                channel === world.channels[0] &&
                !messages.length && (
                  <Hint incident={first} live={world.stage.live} channel={shown} alertsChannel={alertsChannel} dismiss={() => setHinted(true)} />
                )
              }
            />
          )}
          {route.thread && (
            <ThreadPane
              channel={channel}
              thread={route.thread}
              messages={messages}
              reader={world.you}
              marked={route.ts && route.ts !== route.thread ? route.ts : ""}
              close={closeThread}
            />
          )}
          {inspecting && <Inspector close={() => setInspecting(false)} />}
        </div>
      </div>
      {drawer && (
        <Dialog label="Channels" kind="drawer" onCancel={() => setDrawer(false)}>
          {sidebar}
        </Dialog>
      )}
      {json && (
        <Dialog label={json.title} kind="json-dialog" onCancel={() => setJson(null)}>
          <header className="modal-head">
            <h2>{json.title}</h2>
            <button type="button" className="quiet" aria-label="Close" onClick={() => setJson(null)}>
              <Icon name="close" />
            </button>
          </header>
          <Json value={json.value} label={json.title} />
        </Dialog>
      )}
      <Modals views={world.views} />
      <Announcer messages={messages} people={world.people} you={world.you} channel={shown} />
      <Notices />
    </MovesContext>
  );
}

/** The first message that was unread when the channel was opened; it keeps the line until the reader leaves. */
function useNewFrom(channel: string, world: World, read: Readonly<Record<string, string>>): string {
  const kept = useRef({ channel: "", ts: "" });
  if (kept.current.channel !== channel) {
    const last = read[channel];
    const fresh = last ? world.messages.get(channel)?.find((message) => message.ts > last && message.user !== world.you && isTopLevel(message)) : undefined;
    kept.current = { channel, ts: fresh?.ts ?? "" };
  }
  return kept.current.ts;
}

/** Links to this workspace's own messages move within the page. */
function useOwnLinks(): void {
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = (event.target as Element).closest?.("a[href]");
      if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
      const route = permalink(new URL(link.href)) ?? (link.target === "_blank" && link.pathname === "/" && link.hash ? routeOf(link.hash) : undefined);
      if (!route) return;
      event.preventDefault();
      location.hash = hashOf(route);
    };
    document.addEventListener("click", onClick);
    return () => document.removeEventListener("click", onClick);
  }, []);
}

function toComposer(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>(".channel .composer textarea")?.focus();
}
