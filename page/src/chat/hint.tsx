import { Icon } from "../parts/icon.tsx";
import { act } from "../workspace/act.ts";
import type { Incident } from "../workspace/protocol.ts";

interface Given { incident: Incident | undefined; live: boolean; channel: string; alertsChannel: string; dismiss: () => void }

/** What to do first, for somebody who has just opened the page. */
export function Hint({ incident, live, channel, alertsChannel, dismiss }: Given) {
  const text = incident ? `/diagnose ${incident.ref}` : "/diagnose";
  return (
    <aside className="hint" aria-label="What to do first">
      <button type="button" className="quiet hint-close" aria-label="Dismiss the hint" onClick={dismiss}>
        <Icon name="close" />
      </button>
      <h2>Something broke in production. Why?</h2>
      <p>
        {incident ? (
          <>
            Type <code>{text}</code> below, or press <em>Play an alert</em>: diagnose reads {live ? "your sources" : "the recorded sources"} and answers with
            what it can prove.
          </>
        ) : (
          <>
            Type <code>/diagnose</code> and an issue of your Sentry below: its link or its short id.
          </>
        )}
      </p>
      {incident && (
        <div className="hint-acts">
          <button type="button" className="button primary" onClick={() => void act({ do: "say", channel, text })}>
            Ask about {incident.ref}
          </button>
          <button
            type="button"
            className="button"
            onClick={async () => {
              const { ok } = await act({ do: "stage.alert", incident: incident.name });
              if (ok && alertsChannel) location.hash = `#/${alertsChannel}`;
            }}
          >
            <Icon name="play" /> Play its alert
          </button>
        </div>
      )}
    </aside>
  );
}
