import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";

export interface Choice {
  key: string;
  label: ReactNode;
  hint?: ReactNode;
  checked?: boolean;
  href?: string;
  chosen?: () => void;
}

interface Given {
  label: string;
  face: ReactNode;
  choices: Choice[];
  className?: string;
  title?: string;
  busy?: boolean;
  tabIndex?: number;
}

/** A button that opens a list of choices; arrows move, Enter chooses, Escape closes. */
export function Menu({ label, face, choices, className = "", title, busy, tabIndex }: Given) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  };
  return (
    <span className={`menu ${className}`}>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        aria-busy={busy || undefined}
        title={title}
        tabIndex={tabIndex}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      >
        {face}
      </button>
      {open && <Choices id={id} label={label} choices={choices} close={close} />}
    </span>
  );
}

function Choices({ id, label, choices, close }: { id: string; label: string; choices: Choice[]; close: (back: boolean) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  useLayoutEffect(() => {
    const box = list.current;
    if (!box) return;
    keepOnScreen(box);
    const marked = items().find((item) => item.getAttribute("aria-checked") === "true");
    (marked ?? items()[0])?.focus();
  }, []);
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!list.current?.parentElement?.contains(event.target as Node)) close(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Tab") return close(true);
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all[to % all.length]?.focus();
    else if (event.key === "Escape") close(true);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={list} id={id} className="choices" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {choices.map((choice) => (
        <ChoiceRow key={choice.key} choice={choice} close={close} />
      ))}
    </div>
  );
}

function ChoiceRow({ choice, close }: { choice: Choice; close: (back: boolean) => void }) {
  const face = (
    <>
      <span className="choice-label">{choice.label}</span>
      {choice.hint && <span className="choice-hint">{choice.hint}</span>}
    </>
  );
  const chosen = () => {
    close(true);
    choice.chosen?.();
  };
  if (choice.href)
    return (
      <a role="menuitem" tabIndex={-1} className="choice" href={choice.href} target="_blank" rel="noopener noreferrer" onClick={chosen}>
        {face}
      </a>
    );
  const radio = choice.checked !== undefined;
  return (
    <button type="button" role={radio ? "menuitemradio" : "menuitem"} aria-checked={choice.checked} tabIndex={-1} className="choice" onClick={chosen}>
      {face}
    </button>
  );
}

/** Opens upwards or to the left where there is no room; fixed, so that no scrolled box cuts it off. */
function keepOnScreen(box: HTMLElement): void {
  const anchor = box.parentElement?.getBoundingClientRect();
  if (!anchor) return;
  const { width, height } = box.getBoundingClientRect();
  const below = innerHeight - anchor.bottom - 8;
  box.style.top = `${below >= height || below > anchor.top ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4)}px`;
  box.style.left = `${Math.max(8, Math.min(anchor.left, innerWidth - width - 8))}px`;
  box.style.maxHeight = `${Math.max(below, anchor.top) - 8}px`;
}
