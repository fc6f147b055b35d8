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
  const become = (next: Record<string, unknown>) => {
    setOwn(next);
    form?.set(block, action, next);
  };
  const set = (chosen: Record<string, unknown>, press = dispatches) => {
    const before = state;
    become({ type: element.type, ...chosen });
    if (press) pressing.press(chosen, element, () => become(before)); // who says no to the question has chosen nothing
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
