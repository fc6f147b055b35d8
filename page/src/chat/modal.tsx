import { useMemo, useRef, useState } from "react";
import { Blocks } from "../blocks/blocks.tsx";
import { plain } from "../elements/plain.ts";
import { type Form, FormContext, PlaceContext } from "../elements/press.tsx";
import { initialState, isEmpty } from "../elements/state.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { act } from "../workspace/act.ts";
import type { Block, Element, View } from "../workspace/protocol.ts";

type Values = Record<string, Record<string, Record<string, unknown>>>;

/** The stack of modals: one window, in which the view on top is shown. */
export function Modals({ views }: { views: readonly View[] }) {
  const top = views.at(-1);
  if (!top) return null;
  const close = (all = false) => void act({ do: "close", view_id: top.id, ...(all ? { all } : {}) });
  return (
    <Dialog label={plain(top.title)} kind="modal" onCancel={() => close()}>
      <ModalView key={top.id} view={top} deep={views.length > 1} close={close} />
    </Dialog>
  );
}

function ModalView({ view, deep, close }: { view: View; deep: boolean; close: (all?: boolean) => void }) {
  const [values, setValues] = useState<Values>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const current = useRef(values);
  current.current = values;
  const form: Form = useMemo(
    () => ({
      value: (block, action) => current.current[block]?.[action],
      set: (block, action, value) =>
        setValues((before) => ({ ...before, [block]: { ...before[block], [action]: value as Record<string, unknown> } })),
    }),
    [values],
  );
  const place = useMemo(() => ({ view_id: view.id }), [view.id]);

  const submit = async () => {
    const filled = collected(view.blocks, values);
    const missing = Object.fromEntries(view.blocks.filter((block) => isMissing(block, filled)).map((block) => [block.block_id ?? "", "Please fill this in."]));
    setErrors(missing);
    if (Object.keys(missing).length || busy) return;
    setBusy(true);
    const answer = await act({ do: "submit", view_id: view.id, values: filled });
    setBusy(false);
    if (answer.errors) setErrors(answer.errors);
  };

  return (
    <form
      className="modal-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <header className="modal-head">
        {deep && (
          <button type="button" className="quiet" aria-label="Back" onClick={() => close()}>
            <Icon name="back" />
          </button>
        )}
        <h2>{plain(view.title)}</h2>
        <button type="button" className="quiet" aria-label="Close" onClick={() => close(deep)}>
          <Icon name="close" />
        </button>
      </header>
      <div className="modal-body" tabIndex={0} role="region" aria-label={`${plain(view.title)}, content`}>
        <FormContext value={form}>
          <PlaceContext value={place}>
            <Blocks blocks={view.blocks} errors={errors} />
          </PlaceContext>
        </FormContext>
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={() => close()}>
          {plain(view.close) || "Cancel"}
        </button>
        {view.submit && (
          <button type="submit" className="button primary" aria-busy={busy || undefined}>
            {plain(view.submit)}
          </button>
        )}
      </footer>
    </form>
  );
}

/** Every input's state, as `view.state.values` has it: what was set, else what it began with. */
function collected(blocks: Block[], values: Values): Values {
  const all: Values = {};
  for (const block of blocks) {
    const inputs = [block.element, ...(block.type === "actions" ? (block.elements as Element[]) : []), block.type === "section" ? block.accessory : undefined];
    for (const element of inputs) {
      if (!element?.action_id || Object.keys(initialState(element)).length < 2) continue;
      const id = block.block_id ?? "";
      all[id] = { ...all[id], [element.action_id]: values[id]?.[element.action_id] ?? initialState(element) };
    }
  }
  return all;
}

function isMissing(block: Block, values: Values): boolean {
  if (block.type !== "input" || block.optional || !block.element?.action_id) return false;
  return isEmpty(values[block.block_id ?? ""]?.[block.element.action_id] ?? {});
}
