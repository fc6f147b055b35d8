import type { Element } from "../workspace/protocol.ts";

/** The state of an input as `view.state.values` holds it, before anyone touched it. */
export function initialState(element: Element): Record<string, unknown> {
  const { type } = element;
  switch (type) {
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return { type, value: element.initial_value ?? null };
    case "static_select":
    case "external_select":
    case "radio_buttons":
      return { type, selected_option: element.initial_option ?? null };
    case "checkboxes":
    case "multi_static_select":
      return { type, selected_options: element.initial_options ?? [] };
    case "datepicker":
      return { type, selected_date: element.initial_date ?? null };
    case "timepicker":
      return { type, selected_time: element.initial_time ?? null };
    case "users_select":
      return { type, selected_user: element.initial_user ?? null };
    case "channels_select":
      return { type, selected_channel: element.initial_channel ?? null };
    case "conversations_select":
      return { type, selected_conversation: element.initial_conversation ?? null };
    default:
      return { type };
  }
}

/** Whether an input that must be filled is still empty. */
export function isEmpty(state: Record<string, unknown>): boolean {
  const { type: _, ...values } = state;
  return Object.values(values).every((value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length));
}
