import { emojiOf } from "../mrkdwn/emoji.ts";
import type { Text } from "../workspace/protocol.ts";

/** Plain text as Slack shows it: emoji names become emoji unless the text says otherwise, nothing else does. */
export function plain(text: Text | string | undefined): string {
  if (!text) return "";
  if (typeof text === "string") return text;
  if (text.emoji === false) return text.text;
  return text.text.replace(/(?<![\p{L}\p{N}]):([a-z0-9_+'-]+):/gu, (whole, name: string) => emojiOf(name) ?? whole);
}
