import { useCallback, useState } from "react";

export function kept<Value>(store: Storage, key: string, otherwise: Value): Value {
  try {
    const said = store.getItem(`rehearsal.${key}`);
    return said === null ? otherwise : (JSON.parse(said) as Value);
  } catch {
    return otherwise; // a browser may forbid storage, and what it kept may be another version's
  }
}

/** State that survives a reload of the page; "tab" state ends with the tab. */
export function useKept<Value>(key: string, otherwise: Value, where: "browser" | "tab" = "browser") {
  const store = where === "browser" ? localStorage : sessionStorage;
  const [value, setValue] = useState<Value>(() => kept(store, key, otherwise));
  const keep = useCallback(
    (next: Value | ((before: Value) => Value)) =>
      setValue((before) => {
        const after = typeof next === "function" ? (next as (before: Value) => Value)(before) : next;
        if (after !== before) {
          try {
            store.setItem(`rehearsal.${key}`, JSON.stringify(after));
          } catch {
            // the page works without: it only forgets
          }
        }
        return after;
      }),
    [key, store],
  );
  return [value, keep] as const;
}
