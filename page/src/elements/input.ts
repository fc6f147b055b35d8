import { useContext, useState } from "react";
import type { Element } from "../workspace/protocol.ts";
import { BlockContext, FormContext, usePress } from "./press.tsx";
import { initialState } from "./state.ts";

/** The state of one input: told to the modal's form where there is one, and pressed where the app wants to know at once. */
export function useInput(element: Element, dispatches: boolean) {
  const form = useContext(FormContext);
  const block = useContext(BlockContext);
  const pressing = usePress(element);
  const [own, setOwn] = useState(() => initialState(element));
  const action = element.action_id ?? "";
  const state = (form?.value(block, action) as Record<string, unknown> | undefined) ?? own;
  const set = (chosen: Record<string, unknown>, press = dispatches) => {
    setOwn({ type: element.type, ...chosen });
    form?.set(block, action, { type: element.type, ...chosen });
    if (press) pressing.press(chosen);
  };
  return { state, set, pressing };
}

export interface Given {
  element: Element;
  label: string;
  dispatches: boolean;
  required?: boolean;
  describedBy?: string;
  invalid?: boolean;
}
