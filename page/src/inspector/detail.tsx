import { useEffect, useState } from "react";
import { Icon } from "../parts/icon.tsx";
import { Json } from "../parts/json.tsx";
import type { Exchange } from "../workspace/protocol.ts";
import { blocksIn } from "./blocks_in.ts";
import { toTheMillisecond } from "./measure.ts";

type Loaded = { state: "loading" } | { state: "failed"; why: string } | { state: "there"; whole: Record<string, unknown> };

/** One exchange in full: what was asked, what was answered, and the blocks in it. */
export function Detail({ exchange, close }: { exchange: Exchange; close: () => void }) {
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  const [tab, setTab] = useState("");
  const answered = exchange.ms !== null;
  const at = new Date(exchange.at * 1000);
  useEffect(() => {
    const gone = new AbortController();
    void read(exchange.n, gone.signal).then((next) => next && setLoaded(next));
    return () => gone.abort();
  }, [exchange.n, answered]);
  const parts = loaded.state === "there" ? partsOf(loaded.whole) : [];
  const part = parts.find(({ name }) => name === tab) ?? parts[0];
  return (
    <div className="detail" role="region" aria-label={`${exchange.name} in full`}>
      <header>
        <h3>
          {exchange.name} <time dateTime={at.toISOString()}>{toTheMillisecond(at)}</time>
          {exchange.ok === false && <span className="detail-error">{exchange.error ?? "refused"}</span>}
        </h3>
        <button type="button" className="quiet" aria-label="Close the exchange" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div className="tabs" role="group" aria-label="Parts of the exchange">
        {parts.map(({ name }) => (
          <button key={name} type="button" aria-pressed={name === part?.name} onClick={() => setTab(name)}>
            {name}
          </button>
        ))}
      </div>
      {loaded.state === "loading" && <p className="nothing">Reading …</p>}
      {loaded.state === "failed" && <p className="nothing">{loaded.why}</p>}
      {part && <Json value={part.value} label={part.name} />}
    </div>
  );
}

async function read(n: number, signal: AbortSignal): Promise<Loaded | undefined> {
  try {
    const response = await fetch(`/page/traffic/${n}`, { signal });
    if (response.status === 404) return { state: "failed", why: "This exchange is too old: only the last ones are kept." };
    if (!response.ok) return { state: "failed", why: `It could not be read (status ${response.status}).` };
    return { state: "there", whole: (await response.json()) as Record<string, unknown> };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof TypeError || error instanceof SyntaxError) return { state: "failed", why: "Rehearsal does not answer. Is it still running?" };
    throw error;
  }
}

function partsOf(whole: Record<string, unknown>) {
  const parts = [];
  if (whole.request !== undefined) parts.push({ name: "Request", value: whole.request });
  if (whole.answer !== undefined) parts.push({ name: "Answer", value: whole.answer });
  const blocks = blocksIn(whole.request) ?? blocksIn(whole.answer);
  if (blocks) parts.push({ name: "Blocks", value: blocks });
  parts.push({ name: "Whole", value: whole });
  return parts;
}
