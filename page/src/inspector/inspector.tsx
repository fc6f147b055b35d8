import { memo, useDeferredValue, useEffect, useRef, useState } from "react";
import { Icon } from "../parts/icon.tsx";
import { usePart } from "../workspace/feed.ts";
import type { Exchange } from "../workspace/protocol.ts";
import { Detail } from "./detail.tsx";
import { bytes, milliseconds } from "./measure.ts";

type Way = "" | Exchange["way"];

/** Everything that the bot and this workspace say to each other, newest last. */
export function Inspector({ close }: { close: () => void }) {
  const traffic = usePart((world) => world.traffic);
  const [paused, setPaused] = useState<Exchange[] | null>(null);
  const [text, setText] = useState("");
  const [way, setWay] = useState<Way>("");
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const wanted = text.toLowerCase();
  const shown = useDeferredValue(
    (paused ?? traffic).filter(
      (one) => (!way || one.way === way) && (!wanted || `${one.name} ${one.summary} ${one.error ?? ""}`.toLowerCase().includes(wanted)),
    ),
  );
  useEffect(() => {
    if (stuck.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [shown]);
  const selected = (paused ?? traffic).find(({ n }) => n === chosen);
  return (
    <aside className="pane inspector" aria-label="Inspector">
      <header className="pane-head">
        <div className="pane-title">
          <h2>Inspector</h2>
          <p>what bot and workspace say to each other</p>
        </div>
        <button type="button" className="quiet" aria-pressed={paused !== null} onClick={() => setPaused(paused ? null : traffic)}>
          <Icon name={paused ? "play" : "pause"} />
          {paused ? "Resume" : "Pause"}
        </button>
        <button type="button" className="quiet" aria-label="Close the inspector" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div className="inspector-filter">
        <input type="search" className="field" placeholder="Filter" aria-label="Filter exchanges" value={text} onChange={(event) => setText(event.target.value)} />
        <select className="field" aria-label="Direction" value={way} onChange={(event) => setWay(event.target.value as Way)}>
          <option value="">both ways</option>
          <option value="bot→slack">bot → workspace</option>
          <option value="slack→bot">workspace → bot</option>
        </select>
      </div>
      <div
        ref={list}
        className="exchanges"
        role="list"
        aria-label="Exchanges"
        onScroll={({ currentTarget: box }) => {
          stuck.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
        }}
      >
        {shown.map((exchange) => (
          <ExchangeRow key={exchange.n} exchange={exchange} chosen={exchange.n === chosen} choose={setChosen} />
        ))}
      </div>
      {!shown.length && <p className="nothing">{traffic.length ? "Nothing fits the filter." : "Nothing was said yet."}</p>}
      {selected && <Detail key={selected.n} exchange={selected} close={() => setChosen(0)} />}
    </aside>
  );
}

interface RowGiven { exchange: Exchange; chosen: boolean; choose: (n: number) => void }

const ExchangeRow = memo(function ExchangeRow({ exchange, chosen, choose }: RowGiven) {
  const { n, way, name, summary, ms, ok, error, size } = exchange;
  const out = way === "bot→slack";
  return (
    <div role="listitem">
      <button type="button" className={`exchange${ok === false ? " failed" : ""}`} aria-expanded={chosen} onClick={() => choose(chosen ? 0 : n)}>
        <span className={out ? "way out" : "way in"} role="img" aria-label={out ? "bot to workspace" : "workspace to bot"}>
          {out ? "→" : "←"}
        </span>
        <span className="exchange-name">{name}</span>
        <span className="exchange-summary">{error ?? summary}</span>
        <span className="exchange-ms">{ms === null ? "…" : milliseconds(ms)}</span>
        <span className="exchange-size">{bytes(size)}</span>
      </button>
    </div>
  );
});
