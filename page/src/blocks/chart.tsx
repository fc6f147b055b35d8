import { useId } from "react";
import { plain } from "../elements/plain.ts";
import type { Block, Chart as Given, Series } from "../workspace/protocol.ts";
import { Library } from "./library.tsx";
import { type Tick, ticks, top } from "./scale.ts";

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const at = (index: number, count: number) => `${((index + 0.5) / count) * 100}%`;

/** Bars, lines and areas that stay readable on a phone, with the marked buckets named, and a table of the same. */
export function Chart({ block }: { block: Block }) {
  const chart = block.chart;
  const title = useId();
  if (!chart || chart.type === "pie" || !chart.series?.length) return <Library blocks={[block]} />;
  const labels = chart.axis_config?.categories ?? chart.series[0]?.data.map(({ label }) => label) ?? [];
  const marks = ticks(labels);
  return (
    <figure className="chart" aria-labelledby={title}>
      <figcaption id={title}>{plain(block.title) || chart.axis_config?.y_label || "Chart"}</figcaption>
      {chart.series.length > 1 && <Legend series={chart.series} />}
      <Plot chart={chart} labels={labels} marks={marks} />
      <Table chart={chart} labels={labels} />
    </figure>
  );
}

function Legend({ series }: { series: Series[] }) {
  return (
    <ul className="chart-legend">
      {series.map(({ name }, index) => (
        <li key={name} className={`series-${index % 6}`}>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Plot({ chart, labels, marks }: { chart: Given; labels: string[]; marks: Tick[] }) {
  const series = chart.series ?? [];
  const values = series.flatMap(({ data }) => data.map(({ value }) => value));
  const most = top(Math.max(0, ...values));
  const marked = marks.map(({ mark }, index) => ({ mark, index })).filter(({ mark }) => mark);
  const said = `${chart.type} chart. Most: ${number.format(Math.max(0, ...values))}. ${marked.map(({ mark, index }) => `${marks[index]?.time}: ${mark}`).join(". ")}`;
  const dense = labels.length > 13;
  return (
    <div className={`chart-plot${dense ? " dense" : ""}`} role="img" aria-label={said}>
      {marked.length > 0 && (
        <div className="chart-flags">
          {marked.map(({ mark, index }) => (
            <div key={index} className="chart-flag-row">
              <span className={index * 2 >= labels.length ? "chart-flag to-left" : "chart-flag"} style={flagStyle(index, labels.length)}>
                {mark}
              </span>
            </div>
          ))}
        </div>
      )}
      <div className="chart-scale">
        <span>{number.format(most)}</span>
        <span>{number.format(most / 2)}</span>
        <span>0</span>
      </div>
      <div className="chart-area">
        {marked.map(({ index }) => (
          <i key={index} className="chart-line" style={{ left: at(index, labels.length) }} />
        ))}
        {chart.type === "bar" ? <Bars series={series} most={most} marks={marks} labels={labels} /> : <Lines chart={chart} most={most} count={labels.length} />}
      </div>
      <div className="chart-ticks">
        {marks.map(({ time, mark }, index) => (
          <span key={index} className={mark ? "marked" : ""}>
            {time}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A flag hangs on its bucket's line, towards the middle, so that it never leaves the picture. */
function flagStyle(index: number, count: number) {
  const share = (index + 0.5) / count;
  return index * 2 >= count ? { right: `${(1 - share) * 100}%` } : { left: `${share * 100}%` };
}

function Bars({ series, most, marks, labels }: { series: Series[]; most: number; marks: Tick[]; labels: string[] }) {
  const apart = labels.every((_, index) => series.filter(({ data }) => (data[index]?.value ?? 0) > 0).length < 2);
  return labels.map((label, index) => (
    <span key={index} className={marks[index]?.mark ? "chart-bucket marked" : "chart-bucket"}>
      {series.map(({ name, data }, which) => {
        const value = data[index]?.value ?? 0;
        if (apart && which !== shownAlone(series, index)) return null;
        return (
          <i
            key={name}
            className={`series-${which % 6}${value > 0 ? "" : " none"}`}
            style={{ height: `${(Math.max(0, value) / most) * 100}%` }}
            title={`${label}: ${number.format(value)} ${name}`}
          />
        );
      })}
    </span>
  ));
}

/** Of series that never meet in a bucket only one has a bar there, and takes the whole width. */
function shownAlone(series: Series[], index: number): number {
  return Math.max(0, series.findIndex(({ data }) => (data[index]?.value ?? 0) > 0));
}

function Lines({ chart, most, count }: { chart: Given; most: number; count: number }) {
  return (
    <svg className="chart-lines" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      {chart.series?.map(({ name, data }, which) => {
        const points = data.map(({ value }, index) => `${((index + 0.5) / count) * 100},${100 - (Math.max(0, value) / most) * 100}`);
        const ends = [`${50 / count},100`, ...points, `${100 - 50 / count},100`];
        return (
          <g key={name} className={`series-${which % 6}`}>
            {chart.type === "area" && <polygon points={ends.join(" ")} />}
            <polyline points={points.join(" ")} />
          </g>
        );
      })}
    </svg>
  );
}

function Table({ chart, labels }: { chart: Given; labels: string[] }) {
  return (
    <details className="chart-table">
      <summary>Show as a table</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{chart.axis_config?.x_label ?? "Label"}</th>
            {chart.series?.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, index) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {chart.series?.map(({ name, data }) => (
                <td key={name}>{number.format(data[index]?.value ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
