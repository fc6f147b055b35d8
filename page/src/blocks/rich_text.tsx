import { memo } from "react";
import type { Block } from "../workspace/protocol.ts";
import { Code } from "./code.tsx";
import { Library } from "./library.tsx";

interface Leaf { type: string; text?: string; url?: string }

/** rich_text by the library, except that code can be copied. */
export const RichText = memo(function RichText({ block }: { block: Block }) {
  const runs: Block[][] = [];
  for (const part of (block.elements ?? []) as Block[]) {
    const last = runs.at(-1);
    const code = part.type === "rich_text_preformatted";
    if (!last || code || last[0]?.type === "rich_text_preformatted") runs.push([part]);
    else last.push(part);
  }
  return (
    <>
      {runs.map((run, index) =>
        run[0]?.type === "rich_text_preformatted" ? (
          <Code key={index} text={((run[0].elements ?? []) as Leaf[]).map((leaf) => leaf.text ?? leaf.url ?? "").join("")} />
        ) : (
          <Library key={index} blocks={[{ type: "rich_text", elements: run }]} />
        ),
      )}
    </>
  );
});
