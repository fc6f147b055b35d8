import { memo } from "react";
import type { Person } from "../workspace/protocol.ts";

const HUES = 6; // as many as .avatar-0 … in the style sheet

function hue(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return sum % HUES;
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words[1]?.[0] ?? "")).toUpperCase();
}

/** Initials on a colour of the person's own; apps have square corners. */
export const Avatar = memo(function Avatar({ person, small }: { person: Person; small?: boolean }) {
  return (
    <svg className={`avatar avatar-${hue(person.id)}${small ? " small" : ""}`} viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <rect width="36" height="36" rx={person.app ? 9 : 18} />
      <text x="18" y="18.5" textAnchor="middle" dominantBaseline="central">
        {initials(person.name)}
      </text>
    </svg>
  );
});
