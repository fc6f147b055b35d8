import { useState } from "react";
import { plain } from "../elements/plain.ts";
import type { Block, Task } from "../workspace/protocol.ts";
import { address } from "./address.ts";
import { RichText } from "./rich_text.tsx";

const SAID: Readonly<Record<string, string>> = { pending: "waiting", in_progress: "asking now", complete: "done", error: "failed" };

/** A plan that folds; while it runs it stands open and says what is being asked right now. */
export function Plan({ block }: { block: Block }) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter(({ status }) => status === "complete" || status === "error").length;
  const running = tasks.filter(({ status }) => status === "in_progress");
  const failed = tasks.filter(({ status }) => status === "error").length;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? done < tasks.length;
  if (!tasks.length)
    return (
      <p className="plan plan-begun task in_progress">
        <span className="task-sign" role="img" aria-label={SAID.in_progress} />
        <span className="plan-title">{plain(block.title)}</span>
      </p>
    );
  return (
    <details
      className="plan"
      open={open}
      onToggle={(event) => event.currentTarget.open !== open && setChosen(event.currentTarget.open)}
    >
      <summary>
        <span className="plan-head">
          <span className="plan-title">{plain(block.title)}</span>
          {(done < tasks.length || failed > 0) && (
            <span className="plan-count">{[`${done - failed} done`, failed && `${failed} failed`].filter(Boolean).join(", ")}</span>
          )}
          {running.length > 0 && !open && <span className="plan-now">Asking: {running.map(({ title }) => title).join(", ")}</span>}
        </span>
      </summary>
      <ol>
        {tasks.map((task) => (
          <TaskRow key={task.task_id} task={task} />
        ))}
      </ol>
    </details>
  );
}

export function TaskRow({ task }: { task: Task }) {
  const status = task.status ?? "pending";
  return (
    <li className={`task ${status}`}>
      <span className="task-sign" role="img" aria-label={SAID[status]} />
      <div className="task-body">
        <span className="task-title">{task.title}</span>
        {task.details && <RichText block={task.details} />}
        {task.output && <RichText block={task.output} />}
      </div>
      {(task.sources ?? []).length > 0 && (
        <span className="task-sources">
          {task.sources?.map(
            ({ url, text }) =>
              address(url) && (
                <a key={url} href={url} target="_blank" rel="noopener noreferrer" aria-label={`${text}: ${task.title}`}>
                  {text}
                </a>
              ),
          )}
        </span>
      )}
    </li>
  );
}
