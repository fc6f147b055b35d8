import type { KeyboardEvent } from "react";
import { Confirming } from "./confirm.tsx";
import { type Given, useInput } from "./input.ts";
import { plain } from "./plain.ts";

const TYPES: Readonly<Record<string, string>> = { email_text_input: "email", url_text_input: "url", number_input: "number" };

/** Text of one line or several; pressed on Enter where the app wants to know at once. */
export function TextInput({ element, label, dispatches, required, describedBy, invalid }: Given) {
  const { state, set, pressing } = useInput(element, false);
  const value = (state.value as string | null) ?? "";
  const given = {
    className: "field",
    "aria-label": label,
    "aria-busy": pressing.busy || undefined,
    "aria-describedby": describedBy,
    "aria-invalid": invalid || undefined,
    required,
    minLength: element.min_length,
    maxLength: element.max_length,
    placeholder: plain(element.placeholder) || undefined,
    autoFocus: element.focus_on_load,
    value,
    onChange: (event: { target: { value: string } }) => set({ value: event.target.value || null }),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !dispatches || event.shiftKey) return;
      event.preventDefault();
      set({ value: value || null }, true);
    },
  };
  return (
    <>
      {element.multiline ? <textarea rows={4} {...given} /> : <input type={TYPES[element.type] ?? "text"} {...given} />}
      <Confirming pressing={pressing} />
    </>
  );
}

export function DateInput({ element, label, dispatches, required, describedBy, invalid }: Given) {
  const { state, set, pressing } = useInput(element, dispatches);
  const [type, field] = element.type === "timepicker" ? ["time", "selected_time"] : ["date", "selected_date"];
  return (
    <>
      <input
        type={type}
        className="field"
        aria-label={label}
        aria-busy={pressing.busy || undefined}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        required={required}
        value={(state[field] as string | null) ?? ""}
        onChange={(event) => set({ [field]: event.target.value || null })}
      />
      <Confirming pressing={pressing} />
    </>
  );
}
