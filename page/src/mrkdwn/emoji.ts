import names from "emoji-names";

/** Names that Sentry and people use in Slack and that emojilib spells otherwise. */
const SLACK_NAMES: Readonly<Record<string, string>> = {
  large_blue_circle: "🔵",
  large_blue_square: "🟦",
  large_brown_circle: "🟤",
  large_green_circle: "🟢",
  large_green_square: "🟩",
  large_orange_circle: "🟠",
  large_orange_square: "🟧",
  large_purple_circle: "🟣",
  large_red_square: "🟥",
  large_yellow_circle: "🟡",
  large_yellow_square: "🟨",
  spiral_calendar_pad: "🗓️",
  simple_smile: "🙂",
  thumbsup: "👍",
  thumbsdown: "👎",
};

/** The character of an emoji's short name, or nothing when there is no such emoji. */
export function emojiOf(name: string): string | undefined {
  if (Object.hasOwn(SLACK_NAMES, name)) return SLACK_NAMES[name];
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** Stands in for node-emoji's function of this name, which is all that slack-blocks-to-jsx uses of it. */
export function emojify(text: string, { fallback }: { fallback?: (name: string) => string } = {}): string {
  return text.replace(/:([\w\-+]+):/g, (whole, name: string) => emojiOf(name) ?? fallback?.(name) ?? whole);
}
