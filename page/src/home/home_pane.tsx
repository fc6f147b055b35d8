import { type ReactNode, useEffect, useMemo } from "react";
import { Blocks } from "../blocks/blocks.tsx";
import { PlaceContext } from "../elements/press.tsx";
import { act } from "../workspace/act.ts";
import type { View } from "../workspace/protocol.ts";

/** The app's Home tab: the bot is told that it was opened, and shows there what it publishes. */
export function HomePane({ view, connected, openSidebar }: { view: View | null; connected: boolean; openSidebar: ReactNode }) {
  const place = useMemo(() => ({ view_id: view?.id ?? "" }), [view?.id]);
  useEffect(() => {
    void act({ do: "home" });
  }, []);
  return (
    <main className="pane channel home" aria-label="diagnose, Home">
      <header className="pane-head">
        {openSidebar}
        <div className="pane-title">
          <h1>diagnose</h1>
          <p>Home: what the app shows to you alone</p>
        </div>
      </header>
      <div className="home-body" tabIndex={0} role="region" aria-label="Home, content">
        {view ? (
          <PlaceContext value={place}>
            <Blocks blocks={view.blocks} />
          </PlaceContext>
        ) : (
          <p className="home-empty" role="status">
            {connected ? "diagnose has published nothing here yet." : "diagnose is not connected: it publishes here once it is."}
          </p>
        )}
      </div>
    </main>
  );
}
