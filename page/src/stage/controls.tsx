import { useState } from "react";
import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import { firstLine } from "../chat/completion.ts";
import { act } from "../workspace/act.ts";
import { tell } from "../workspace/notices.ts";
import type { Incident, Mode, Stage } from "../workspace/protocol.ts";
import { hashOf, routeOf } from "../workspace/route.ts";

const MODES: readonly [Mode, string][] = [["recorded", "recorded"], ["slow", "slow"], ["failing", "failing"], ["absent", "absent"]];

interface Given { stage: Stage; alertsChannel: string; played?: () => void }

/** Posts the alert of one incident, and says where it arrives. */
export function AlertMenu({ stage, alertsChannel, played }: Given) {
  const [busy, setBusy] = useState(false);
  const play = async (incident: Incident) => {
    setBusy(true);
    const { ok } = await act({ do: "stage.alert", incident: incident.name });
    setBusy(false);
    if (!ok) return;
    played?.();
    if (alertsChannel && routeOf(location.hash).channel !== alertsChannel)
      tell(`${incident.ref} alerts in #alerts.`, { label: "Show it", href: hashOf({ channel: alertsChannel }) });
  };
  if (!stage.incidents.length) return null;
  return (
    <Menu
      className="stage-menu play"
      label="Play an alert"
      busy={busy}
      face={
        <>
          <Icon name="play" />
          <span>Play an alert</span>
          <Icon name="down" />
        </>
      }
      choices={stage.incidents.map((incident) => ({
        key: incident.name,
        label: (
          <>
            <b>{incident.ref}</b> {firstLine(incident.title)}
          </>
        ),
        hint: incident.about,
        chosen: () => void play(incident),
      }))}
    />
  );
}

/** How each source answers; with live sources there is nothing to choose. */
export function Sources({ stage }: { stage: Stage }) {
  if (stage.live)
    return (
      <p className="live">
        <i className="dot on" aria-hidden="true" /> live sources{stage.sentry_url && <span>{stage.sentry_url.replace(/^https?:\/\//, "")}</span>}
      </p>
    );
  return (
    <div className="sources" role="group" aria-label="Sources">
      {stage.sources.map(({ name, title, mode }) => (
        <label key={name} className={`source ${mode}`}>
          <span aria-hidden="true">{title}</span>
          <select aria-label={title} value={mode} onChange={(event) => void act({ do: "stage.source", source: name, mode: event.target.value })}>
            {MODES.map(([value, said]) => (
              <option key={value} value={value}>
                {said}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

export function Arriving({ stage }: { stage: Stage }) {
  if (stage.live) return null;
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={stage.arriving}
      aria-label="Alerts arrive on their own"
      onClick={() => void act({ do: "stage.arriving", on: !stage.arriving })}
    >
      <i aria-hidden="true" />
      <span>
        Alerts arrive<span className="at-length"> on their own</span>
      </span>
    </button>
  );
}

export function MoreMenu({ named }: { named?: boolean }) {
  return (
    <Menu
      className="stage-menu"
      label="More on stage"
      title="More"
      face={
        <>
          <Icon name="more" />
          {named && <span>More</span>}
        </>
      }
      choices={[{ key: "licences", label: "Licences", hint: "of what this page is built from", href: "/static/licences.txt" }]}
    />
  );
}
