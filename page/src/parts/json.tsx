import { memo } from "react";
import { CopyButton } from "./copy.tsx";

const MOST_CHARACTERS = 200_000; // of one shown document; copying gives all of it
const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON to read and to copy, with names, texts and values told apart. */
export const Json = memo(function Json({ value, label }: { value: unknown; label: string }) {
  const whole = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "nothing");
  const shown = whole.length > MOST_CHARACTERS ? `${whole.slice(0, MOST_CHARACTERS)}\n… copy for the rest` : whole;
  return (
    <div className="json">
      <CopyButton text={whole} label={`Copy ${label}`} />
      <pre tabIndex={0} aria-label={label}>
        {coloured(shown)}
      </pre>
    </div>
  );
});

function coloured(text: string) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(TOKENS)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    const kind = match[1] ? (match[2] ? "json-name" : "json-text") : "json-value";
    parts.push(
      <span key={match.index} className={kind}>
        {match[1] ?? match[0]}
      </span>,
      match[2] ?? "",
    );
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}
