import { useState } from "react";
import { Icon, type IconName } from "../parts/icon.tsx";
import type { Element, FeedbackButton } from "../workspace/protocol.ts";
import { Confirming } from "./confirm.tsx";
import { plain } from "./plain.ts";
import { usePress } from "./press.tsx";

/** Two thumbs; the pressed one stays marked. */
export function Feedback({ element }: { element: Element }) {
  const pressing = usePress(element);
  const [given, setGiven] = useState("");
  const thumb = (button: FeedbackButton | undefined, icon: IconName) =>
    button && (
      <button
        type="button"
        className="thumb"
        aria-label={button.accessibility_label ?? plain(button.text)}
        aria-pressed={given === button.value}
        aria-busy={pressing.busy || undefined}
        onClick={() => {
          if (pressing.busy) return;
          setGiven(button.value);
          pressing.press({ value: button.value });
        }}
      >
        <Icon name={icon} />
        {plain(button.text)}
      </button>
    );
  return (
    <>
      {thumb(element.positive_button, "up_thumb")}
      {thumb(element.negative_button, "down_thumb")}
      <Confirming pressing={pressing} />
    </>
  );
}

export function IconButton({ element }: { element: Element }) {
  const pressing = usePress(element);
  return (
    <>
      <button
        type="button"
        className="thumb"
        aria-label={element.accessibility_label ?? plain(element.text)}
        aria-busy={pressing.busy || undefined}
        onClick={() => pressing.press({ value: element.value })}
      >
        <Icon name={element.icon === "trash" ? "trash" : "more"} />
        {plain(element.text)}
      </button>
      <Confirming pressing={pressing} />
    </>
  );
}
