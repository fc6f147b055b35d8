import { useEffect } from "react";
import { kept, useKept } from "./kept.ts";

export type Theme = "system" | "light" | "dark";

const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)");

/** Sets `data-theme` of the page, before anything is drawn, so that it does not flash. */
export function applyTheme(theme: Theme = kept<Theme>(localStorage, "theme", "system")): void {
  document.documentElement.dataset.theme = theme === "system" ? (systemIsDark().matches ? "dark" : "light") : theme;
}

/** What the person chose; "system" follows their system while the page is open. */
export function useTheme() {
  const [theme, setTheme] = useKept<Theme>("theme", "system");
  useEffect(() => {
    const apply = () => applyTheme(theme);
    apply();
    const dark = systemIsDark();
    dark.addEventListener("change", apply);
    return () => dark.removeEventListener("change", apply);
  }, [theme]);
  return [theme, setTheme] as const;
}
