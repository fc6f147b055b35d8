import { unescaped } from "./angle.ts";
import type { Part } from "./elements.ts";
import { inline } from "./inline.ts";

const FENCE = /```\n?([^]*?)\n?```/g;

/** Slack's mrkdwn as the parts of a rich_text block: text, quotes and code. */
export function richText(text: string, verbatim: boolean): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    if (!match[1]?.trim()) continue;
    parts.push(...prose(text.slice(from, match.index).replace(/\n$/, ""), verbatim));
    parts.push({ type: "rich_text_preformatted", elements: [{ type: "text", text: unescaped(match[1]) }] });
    from = match.index + match[0].length;
    if (text[from] === "\n") from += 1;
  }
  parts.push(...prose(text.slice(from), verbatim));
  return parts;
}

function prose(text: string, verbatim: boolean): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let quoting = false;
  const flush = () => {
    const joined = lines.join("\n");
    lines = [];
    if (!joined.trim()) return;
    const elements = inline(joined, !verbatim);
    parts.push(quoting ? { type: "rich_text_quote", elements, border: 1 } : { type: "rich_text_section", elements });
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (Boolean(quote) !== quoting) flush();
    quoting = Boolean(quote);
    lines.push(quote ? (quote[1] as string) : line);
  }
  flush();
  return parts;
}
