import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Notices } from "./notices.tsx";

const FOCUSABLE = "a[href], button:not(:disabled), input, select, textarea, summary, [tabindex='0']";

interface Given {
  label: string;
  kind: string;
  onCancel: () => void;
  children: ReactNode;
}

/** A modal window of the browser's own: it traps the focus, and gives it back to where it was; it lies over the page's notices, so it has them too. */
export function Dialog({ label, kind, onCancel, children }: Given) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      const back = before instanceof HTMLElement && before.isConnected ? before : document.querySelector<HTMLElement>(".composer textarea");
      back?.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={`dialog ${kind}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
      onKeyDown={(event) => {
        if (event.key === "Tab") goRound(event);
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault(); // else the browser closes the dialog by itself the second time
        event.stopPropagation();
        onCancel();
      }}
      onPointerDown={(event) => event.target === box.current && onCancel()}
    >
      <div className="dialog-box">{children}</div>
      <Notices />
    </dialog>
  );
}

/** From the last element to the first and back; the browser alone would go on to its own buttons. */
function goRound(event: KeyboardEvent<HTMLDialogElement>): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.offsetParent && one.tabIndex >= 0);
  const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
  if (document.activeElement !== from) return;
  event.preventDefault();
  to?.focus();
}
