import { memo, useMemo } from "react";
import { plain } from "../elements/plain.ts";
import type { Block, Text } from "../workspace/protocol.ts";
import { RichText } from "./rich_text.tsx";
import { asRichText } from "./library.tsx";

/** A text object of either kind. */
export const Mrkdwn = memo(function Mrkdwn({ text }: { text: Text }) {
  const block: Block = useMemo(() => asRichText(text), [text]);
  return text.type === "plain_text" ? <>{plain(text)}</> : <RichText block={block} />;
});
