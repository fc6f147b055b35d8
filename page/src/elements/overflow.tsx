import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import type { Element } from "../workspace/protocol.ts";
import { Confirming } from "./confirm.tsx";
import { plain } from "./plain.ts";
import { usePress } from "./press.tsx";

export function Overflow({ element }: { element: Element }) {
  const pressing = usePress(element);
  const choices = (element.options ?? []).map((option) => ({
    key: option.value,
    label: plain(option.text),
    hint: option.description && plain(option.description),
    ...(option.url && /^https?:\/\//.test(option.url) ? { href: option.url } : {}),
    chosen: () => pressing.press({ selected_option: option }),
  }));
  return (
    <>
      <Menu
        className="overflow"
        label={element.accessibility_label ?? "More options"}
        face={<Icon name="more" />}
        choices={choices}
        busy={pressing.busy}
      />
      <Confirming pressing={pressing} />
    </>
  );
}
