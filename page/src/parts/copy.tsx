import { useEffect, useState } from "react";
import { tell } from "../workspace/notices.ts";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 1_600;

/** Puts text into the clipboard, and says when the browser does not allow it. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    tell("The browser did not allow copying. Select the text and copy it by hand.");
    return false;
  }
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button type="button" className="copy" aria-label={label} onClick={async () => setDone(await copied(text))}>
      <Icon name={done ? "check" : "copy"} />
      <span aria-live="polite">{done ? "Copied" : "Copy"}</span>
    </button>
  );
}
