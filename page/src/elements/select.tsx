import type { Option } from "../workspace/protocol.ts";
import { usePart } from "../workspace/feed.ts";
import { Confirming } from "./confirm.tsx";
import { type Given, useInput } from "./input.ts";
import { plain } from "./plain.ts";

const optionList = (options: Option[]) =>
  options.map((option) => (
    <option key={option.value} value={option.value}>
      {plain(option.text)}
    </option>
  ));

export function Select({ element, label, dispatches, required, describedBy, invalid }: Given) {
  const { state, set, pressing } = useInput(element, dispatches);
  const groups = element.option_groups ?? [];
  const all = [...(element.options ?? []), ...groups.flatMap((group) => group.options)];
  const many = element.type === "multi_static_select";
  const chosen = (state.selected_options as Option[] | undefined)?.map(({ value }) => value) ?? [];
  const one = (state.selected_option as Option | null)?.value ?? "";
  return (
    <>
      <select
        className="field"
        aria-label={label}
        aria-busy={pressing.busy || undefined}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        required={required}
        multiple={many}
        value={many ? chosen : one}
        onChange={(event) => {
          const values = [...event.target.selectedOptions].map(({ value }) => value);
          const options = all.filter(({ value }) => values.includes(value));
          set(many ? { selected_options: options } : { selected_option: options[0] ?? null });
        }}
      >
        {!many && (
          <option value="" disabled={required}>
            {plain(element.placeholder) || "Choose …"}
          </option>
        )}
        {optionList(element.options ?? [])}
        {groups.map((group) => (
          <optgroup key={plain(group.label)} label={plain(group.label)}>
            {optionList(group.options)}
          </optgroup>
        ))}
      </select>
      <Confirming pressing={pressing} />
    </>
  );
}

const FIELDS: Readonly<Record<string, string>> = {
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
};

/** Chooses one of the workspace's people or channels. */
export function WhoOrWhere({ element, label, dispatches, required, describedBy, invalid }: Given) {
  const people = usePart((world) => world.people);
  const channels = usePart((world) => world.channels);
  const { state, set, pressing } = useInput(element, dispatches);
  const field = FIELDS[element.type] ?? "selected_user";
  const offered =
    element.type === "users_select"
      ? Object.values(people).map(({ id, name }) => ({ id, name: `@${name}` }))
      : channels.map(({ id, name }) => ({ id, name: `#${name}` }));
  return (
    <>
      <select
        className="field"
        aria-label={label}
        aria-busy={pressing.busy || undefined}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        required={required}
        value={(state[field] as string | null) ?? ""}
        onChange={(event) => set({ [field]: event.target.value || null })}
      >
        <option value="">{plain(element.placeholder) || "Choose …"}</option>
        {offered.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <Confirming pressing={pressing} />
    </>
  );
}
