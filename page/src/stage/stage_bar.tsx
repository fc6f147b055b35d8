import { type ReactNode, useState } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import type { Stage } from "../workspace/protocol.ts";
import type { Theme } from "../workspace/theme.ts";
import { AlertMenu, Arriving, MoreMenu, Sources } from "./controls.tsx";
import { TroubleMenu } from "./trouble.tsx";

interface Given {
  stage: Stage;
  incidentsChannel: string;
  alertsChannel: string;
  theme: Theme;
  setTheme: (theme: Theme) => void;
  inspecting: boolean;
  setInspecting: (on: boolean) => void;
  children?: ReactNode;
}

const THEMES: readonly [Theme, string][] = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];

/** The strip above the workspace: what happens in it, and how its sources behave. */
export function StageBar({ stage, incidentsChannel, alertsChannel, theme, setTheme, inspecting, setInspecting }: Given) {
  const [sheet, setSheet] = useState(false);
  return (
    <header className="stage">
      <div className="brand">
        <img src="/static/icon.svg" alt="" width="26" height="26" />
        <strong>Rehearsal</strong>
        <span>the real bot, on this computer</span>
      </div>
      <div className="stage-wide" role="group" aria-label="Stage">
        <AlertMenu stage={stage} alertsChannel={alertsChannel} />
        <TroubleMenu stage={stage} incidentsChannel={incidentsChannel} alertsChannel={alertsChannel} />
        <Sources stage={stage} />
        <Arriving stage={stage} />
        <MoreMenu />
      </div>
      <div className="stage-end">
        <button type="button" className="stage-button stage-narrow" aria-label="Stage controls" onClick={() => setSheet(true)}>
          <Icon name="controls" />
          <span>Controls</span>
        </button>
        <Menu
          className="stage-menu"
          label="Theme"
          title="Theme"
          face={<Icon name="theme" />}
          choices={THEMES.map(([key, label]) => ({ key, label, checked: key === theme, chosen: () => setTheme(key) }))}
        />
        <button type="button" className="stage-button" aria-pressed={inspecting} aria-label="Inspector" onClick={() => setInspecting(!inspecting)}>
          <Icon name="inspect" />
          <span>Inspector</span>
        </button>
      </div>
      {sheet && (
        <Dialog label="Stage controls" kind="sheet" onCancel={() => setSheet(false)}>
          <div className="sheet-head">
            <h2>Stage</h2>
            <button type="button" className="quiet" aria-label="Close the controls" onClick={() => setSheet(false)}>
              <Icon name="close" />
            </button>
          </div>
          <AlertMenu stage={stage} alertsChannel={alertsChannel} played={() => setSheet(false)} />
          <TroubleMenu stage={stage} incidentsChannel={incidentsChannel} alertsChannel={alertsChannel} played={() => setSheet(false)} />
          <Sources stage={stage} />
          <Arriving stage={stage} />
          <MoreMenu named />
        </Dialog>
      )}
    </header>
  );
}
