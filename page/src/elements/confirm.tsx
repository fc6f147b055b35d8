import { Dialog } from "../parts/dialog.tsx";
import type { Confirm } from "../workspace/protocol.ts";
import { plain } from "./plain.ts";
import type { Pressing } from "./press.tsx";

export function Confirming({ pressing }: { pressing: Pressing }) {
  if (!pressing.asking) return null;
  const { title, text, confirm, deny, style }: Confirm = pressing.asking;
  return (
    <Dialog label={plain(title) || "Are you sure?"} kind="confirm" onCancel={() => pressing.answer(false)}>
      <h2>{plain(title) || "Are you sure?"}</h2>
      <p className="dialog-text">{plain(text)}</p>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={() => pressing.answer(false)}>
          {plain(deny) || "No"}
        </button>
        <button type="button" className={`button ${style === "danger" ? "danger" : "primary"}`} onClick={() => pressing.answer(true)}>
          {plain(confirm) || "Yes"}
        </button>
      </div>
    </Dialog>
  );
}
