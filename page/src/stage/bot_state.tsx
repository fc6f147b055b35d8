import { useEffect, useState } from "react";
import { act } from "../workspace/act.ts";
import type { BotState } from "../workspace/protocol.ts";

const TICK_MS = 250;

/** In two words, whether the bot hears anything. */
export function said(bot: BotState | null, connected: boolean): string {
  if (connected) return "is listening";
  if (bot?.state === "killed") return "was killed";
  if (bot?.state === "ended") return "has ended";
  return bot ? "is connecting …" : "is not connected";
}

/** A strip over the workspace while the bot's process is dead. */
export function BotStrip({ bot }: { bot: BotState | null }) {
  if (!bot || bot.state === "up") return null;
  return (
    <div className="bot-strip">
      <span role="status">{bot.state === "killed" ? "diagnose was killed (SIGKILL), whatever it was doing." : "diagnose has ended by itself; the terminal says why."}</span>{" "}
      {bot.returns !== null && <Returns at={bot.returns} />}
      <button type="button" className="link" onClick={() => void act({ do: "stage.start" })}>
        Start it again
      </button>
    </div>
  );
}

/** Counted down for the eye; a screen reader is not told each second. */
function Returns({ at }: { at: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <span>It starts again by itself in {Math.max(0, Math.ceil(at - now / 1000))} s. </span>;
}
