import { Picture } from "../blocks/picture.tsx";
import type { Element as Any } from "../workspace/protocol.ts";
import { Button } from "./button.tsx";
import { Feedback, IconButton } from "./feedback.tsx";
import type { Given } from "./input.ts";
import { Options } from "./options.tsx";
import { Overflow } from "./overflow.tsx";
import { plain } from "./plain.ts";
import { Select, WhoOrWhere } from "./select.tsx";
import { DateInput, TextInput } from "./text_input.tsx";

/** Draws one interactive element; each tells the server what the person does with it. */
export function Element({ element, label, ...rest }: { element: Any; label?: string } & Omit<Partial<Given>, "element" | "label">) {
  const given: Given = {
    dispatches: true,
    ...rest,
    element,
    label: label ?? element.accessibility_label ?? (plain(element.placeholder) || element.action_id || element.type),
  };
  switch (element.type) {
    case "button":
    case "workflow_button":
      return <Button element={element} />;
    case "overflow":
      return <Overflow element={element} />;
    case "feedback_buttons":
      return <Feedback element={element} />;
    case "icon_button":
      return <IconButton element={element} />;
    case "static_select":
    case "multi_static_select":
      return <Select {...given} />;
    case "users_select":
    case "channels_select":
    case "conversations_select":
      return <WhoOrWhere {...given} />;
    case "checkboxes":
    case "radio_buttons":
      return <Options {...given} />;
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return <TextInput {...given} />;
    case "datepicker":
    case "timepicker":
      return <DateInput {...given} />;
    case "image":
      return <Picture url={element.image_url} alt={element.alt_text} small />;
    default:
      return <span className="undrawn">{plain(element.placeholder) || element.type} (not part of Rehearsal)</span>;
  }
}
