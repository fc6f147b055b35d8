import { useId } from "react";
import { Mrkdwn } from "../blocks/mrkdwn.tsx";
import type { Option } from "../workspace/protocol.ts";
import { Confirming } from "./confirm.tsx";
import { type Given, useInput } from "./input.ts";

/** Checkboxes and radio buttons. */
export function Options({ element, label, dispatches, describedBy, invalid }: Given) {
  const { state, set, pressing } = useInput(element, dispatches);
  const name = useId();
  const many = element.type === "checkboxes";
  const chosen = many ? ((state.selected_options as Option[]) ?? []) : state.selected_option ? [state.selected_option as Option] : [];
  const toggle = (option: Option, on: boolean) => {
    if (!many) return set({ selected_option: option });
    const others = chosen.filter(({ value }) => value !== option.value);
    set({ selected_options: on ? [...others, option] : others });
  };
  return (
    <fieldset className="options" aria-label={label} aria-busy={pressing.busy || undefined} aria-describedby={describedBy} data-invalid={invalid || undefined}>
      {(element.options ?? []).map((option) => (
        <label key={option.value}>
          <input
            type={many ? "checkbox" : "radio"}
            name={name}
            checked={chosen.some(({ value }) => value === option.value)}
            onChange={(event) => toggle(option, event.target.checked)}
          />
          <span>
            <Mrkdwn text={option.text} />
            {option.description && (
              <small>
                <Mrkdwn text={option.description} />
              </small>
            )}
          </span>
        </label>
      ))}
      <Confirming pressing={pressing} />
    </fieldset>
  );
}
