import { memo, useMemo } from "react";
import { Message, type Block as LibraryBlock } from "slack-blocks-to-jsx";
import { richText } from "../mrkdwn/rich_text.ts";
import { usePart } from "../workspace/feed.ts";
import type { Block, Text } from "../workspace/protocol.ts";
import { address } from "./address.ts";

/*
 * slack-blocks-to-jsx 1.1.1 draws the blocks. What it is not given, and why:
 * - mrkdwn: it shows `verbatim` text raw, takes the `:57:` of a time for an emoji and `shop@1.4.0` for an e-mail address,
 *   and reads marks in plain_text. Our own reader (mrkdwn/) makes rich_text of it, which the library draws as it stands.
 * - headers, contexts, sections with accessories: for the same reason, they hold such texts.
 * - block_id: it becomes an id of the page, and every message has a "card-0".
 * - elements that act (it tells nobody of a press), plans (not to be folded), charts (labels run into each other).
 * - pictures from outside: nothing leaves this machine.
 */

const hooks = {
  link: ({ href, children, className }: { href: string; children: React.ReactNode; className: string }) => {
    const url = address(href);
    return url ? (
      <a className={className} href={url} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    );
  },
};

/** Blocks drawn by the library, as they are. */
export const Library = memo(function Library({ blocks }: { blocks: Block[] }) {
  const people = usePart((world) => world.people);
  const channels = usePart((world) => world.channels);
  const drawn = useMemo(() => blocks.map(drawable) as unknown as LibraryBlock[], [blocks]);
  const data = { users: Object.values(people), channels };
  return <Message withoutWrapper theme="light" name="" logo="" blocks={drawn} data={data} hooks={hooks} />;
});

/** mrkdwn or plain text as a rich_text block. */
export function asRichText(text: Text): Block {
  const parts =
    text.type === "plain_text"
      ? [{ type: "rich_text_section", elements: [{ type: "text", text: text.text }] }]
      : richText(text.text, text.verbatim === true);
  return { type: "rich_text", elements: parts };
}

const PLACEHOLDER =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='96' height='54'%3E%3Crect width='96' height='54' fill='%23888' opacity='.3'/%3E%3C/svg%3E";

function drawable(block: Block): Block {
  if (block.type === "markdown" && typeof block.text === "string") return { type: "markdown", text: block.text.replace(/!\[/g, "[") };
  return withoutOutside(block) as Block;
}

function withoutOutside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOutside);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== "block_id" && name !== "slack_file");
  return Object.fromEntries(
    kept.map(([name, inner]) => [name, /^(image|thumbnail|icon|hero_image)_url$/.test(name) ? PLACEHOLDER : withoutOutside(inner)]),
  );
}
