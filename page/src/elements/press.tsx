import { createContext, useCallback, useContext, useEffect, useRef, useState } from "react";
import { act } from "../workspace/act.ts";
import type { Confirm, Element } from "../workspace/protocol.ts";

const SHORTEST_WAIT_MS = 350; // a spinner that flashes for less looks like a fault

/** Where an element stands: in a message or in a modal. */
export type Place = { channel: string; ts: string } | { view_id: string };

/** In a modal, inputs tell their values here instead of pressing. */
export interface Form {
  value: (block: string, action: string) => unknown;
  set: (block: string, action: string, value: unknown) => void;
}

export const PlaceContext = createContext<Place>({ channel: "", ts: "" });
export const BlockContext = createContext("");
export const FormContext = createContext<Form | null>(null);

export interface Pressing {
  busy: boolean;
  asking: Confirm | null;
  /** `undo` is called when the person is asked and says no. */
  press: (chosen?: Record<string, unknown>, element?: Element, undo?: () => void) => void;
  answer: (yes: boolean) => void;
}

/** Presses one element: asks first if it wants a confirmation, and is busy until the bot has taken it. */
export function usePress(element: Element): Pressing {
  const place = useContext(PlaceContext);
  const block = useContext(BlockContext);
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<{ chosen?: Record<string, unknown>; element: Element; undo?: () => void } | null>(null);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const send = useCallback(
    async (pressed: Element, chosen?: Record<string, unknown>) => {
      setBusy(true);
      const shortest = new Promise((done) => setTimeout(done, SHORTEST_WAIT_MS));
      await act({ do: "press", ...place, block_id: block, action_id: pressed.action_id, element: pressed, ...(chosen ? { chosen } : {}) });
      await shortest;
      if (alive.current) setBusy(false);
    },
    [place, block],
  );

  const press = (chosen?: Record<string, unknown>, pressed = element, undo?: () => void) => {
    if (busy) return;
    if (element.confirm) setAsked({ chosen, element: pressed, undo });
    else void send(pressed, chosen);
  };
  const answer = (yes: boolean) => {
    if (yes && asked) void send(asked.element, asked.chosen);
    else asked?.undo?.();
    setAsked(null);
  };
  return { busy, asking: asked ? (element.confirm ?? null) : null, press, answer };
}
