import { useId } from "react";
import { Element } from "../elements/element.tsx";
import { plain } from "../elements/plain.ts";
import type { Block } from "../workspace/protocol.ts";

/** An input of a modal: label, element, hint, and what is wrong with it. */
export function Field({ block, error }: { block: Block; error?: string }) {
  const about = useId();
  if (!block.element) return null;
  const hint = plain(block.hint);
  const label = plain(block.label);
  return (
    <div className="input-block">
      <span className="input-label" aria-hidden="true">
        {label}
        {block.optional && <small> (optional)</small>}
      </span>
      <Element
        element={block.element}
        label={label}
        dispatches={block.dispatch_action === true}
        required={!block.optional}
        describedBy={hint || error ? about : undefined}
        invalid={Boolean(error)}
      />
      <span id={about} className="input-about">
        {error && <strong className="input-error">{error}</strong>}
        {hint}
      </span>
    </div>
  );
}
