const PATHS = {
  reply: "M9 5 4 10l5 5M4 10h9a7 7 0 0 1 7 7v2",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm9 2-4-4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-5.700l-1.5 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 5.700l1.5-1.5",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M4 12 20 4l-5 16-3.5-6.500z",
  play: "M8 5v14l11-7z",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8z",
  inspect: "M9 8l-4 4 4 4M15 8l4 4-4 4",
  controls: "M5 8h8M17 8h2M5 16h2M11 16h8M15 6v4M9 14v4",
  check: "M5 12.5 10 17 19 7",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  chevron: "M9 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  pause: "M8 5v14M16 5v14",
  warning: "M12 4 3 20h18zM12 10v4M12 17h.01",
  up_thumb: "M7 11v9H4v-9zM7 11l4-7a2 2 0 0 1 2 2v4h5a2 2 0 0 1 2 2.300l-1 6a2 2 0 0 1-2 1.700H7",
  down_thumb: "M17 13V4h3v9zM17 13l-4 7a2 2 0 0 1-2-2v-4H6a2 2 0 0 1-2-2.300l1-6A2 2 0 0 1 7 4h10",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
