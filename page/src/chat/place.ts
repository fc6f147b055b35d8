import { createContext } from "react";

/** What rows and panes ask of the page around them; the object never changes, so rows need not be drawn anew. */
export interface Moves {
  openThread: (channel: string, ts: string) => void;
  showJson: (title: string, value: unknown) => void;
}

export const MovesContext = createContext<Moves>({ openThread: () => {}, showJson: () => {} });
