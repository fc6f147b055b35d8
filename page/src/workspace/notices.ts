import { useSyncExternalStore } from "react";

const SHOWN_MS = 7_000; // long enough to read one sentence twice

export interface Way { label: string; href: string }
export interface Notice { id: number; text: string; way?: Way }

let notices: readonly Notice[] = [];
let count = 0;
const listeners = new Set<() => void>();

function become(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

export function dismiss(id: number): void {
  become(notices.filter((notice) => notice.id !== id));
}

/** Shows one sentence for a while; the same sentence is not stacked. */
export function tell(text: string, way?: Way): void {
  const id = ++count;
  become([...notices.filter((notice) => notice.text !== text), { id, text, way }].slice(-3));
  setTimeout(() => dismiss(id), SHOWN_MS);
}

export const useNotices = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
