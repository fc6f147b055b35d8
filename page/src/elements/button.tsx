import type { Element } from "../workspace/protocol.ts";
import { Confirming } from "./confirm.tsx";
import { plain } from "./plain.ts";
import { usePress } from "./press.tsx";

export function Button({ element }: { element: Element }) {
  const pressing = usePress(element);
  const given = {
    className: `button ${element.style ?? ""}`,
    "aria-label": element.accessibility_label,
    "aria-busy": pressing.busy || undefined,
    onClick: () => pressing.press(),
  };
  const url = element.url && /^https?:\/\//.test(element.url) ? element.url : undefined;
  return (
    <>
      {url ? (
        <a {...given} href={url} target="_blank" rel="noopener noreferrer">
          {plain(element.text)}
        </a>
      ) : (
        <button {...given} type="button">
          {plain(element.text)}
        </button>
      )}
      <Confirming pressing={pressing} />
    </>
  );
}
