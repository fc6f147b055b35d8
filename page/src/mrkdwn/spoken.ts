import type { Inline } from "./elements.ts";
import { richText } from "./rich_text.ts";

/** What a screen reader says of mrkdwn: its words, without marks and addresses, at most so many characters. */
export function spoken(text: string, most: number): string {
  const said = richText(text, true).map(({ elements }) => elements.map(word).join(""));
  return said.join(" ").replace(/\s+/g, " ").trim().slice(0, most);
}

function word(part: Inline): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "link":
      return part.text ?? part.url;
    case "emoji":
      return part.name.replaceAll("_", " ");
    case "user":
      return `@${part.user_id}`;
    case "channel":
      return `#${part.channel_id}`;
    case "usergroup":
      return `@${part.usergroup_id}`;
    case "broadcast":
      return `@${part.range}`;
  }
}
