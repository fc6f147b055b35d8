import { memo } from "react";
import { Element } from "../elements/element.tsx";
import { plain } from "../elements/plain.ts";
import { BlockContext } from "../elements/press.tsx";
import type { Block, Element as AnyElement, Task, Text } from "../workspace/protocol.ts";
import { Chart } from "./chart.tsx";
import { Field } from "./field.tsx";
import { Library } from "./library.tsx";
import { Mrkdwn } from "./mrkdwn.tsx";
import { Picture } from "./picture.tsx";
import { Plan, TaskRow } from "./plan.tsx";
import { RichText } from "./rich_text.tsx";

/**
 * All blocks of a message, an attachment or a modal.
 *
 * Their place is their key: an update gives each a new block_id, and must not take the focus or fold what was opened.
 */
export const Blocks = memo(function Blocks({ blocks, errors }: { blocks: Block[]; errors?: Record<string, string> }) {
  return (
    <div className="blocks">
      {blocks.map((block, index) => (
        <BlockContext key={`${index} ${block.type}`} value={block.block_id ?? ""}>
          <OneBlock block={block} error={errors?.[block.block_id ?? ""]} />
        </BlockContext>
      ))}
    </div>
  );
});

function OneBlock({ block, error }: { block: Block; error?: string }) {
  switch (block.type) {
    case "header":
      return <h3 className="block-header">{plain(block.text)}</h3>;
    case "section":
      return <Section block={block} />;
    case "context":
      return <Context block={block} />;
    case "actions":
    case "context_actions":
      return (
        <div className={block.type === "actions" ? "block-actions" : "block-actions quiet-actions"}>
          {((block.elements ?? []) as AnyElement[]).map((element, index) => (
            <Element key={element.action_id ?? index} element={element} />
          ))}
        </div>
      );
    case "input":
      return <Field block={block} error={error} />;
    case "divider":
      return <hr className="block-divider" />;
    case "image":
      return <Picture url={block.image_url} alt={block.alt_text} title={plain(block.title)} />;
    case "rich_text":
      return <RichText block={block} />;
    case "plan":
      return <Plan block={block} />;
    case "task_card":
      return (
        <ol className="plan lone-task">
          <TaskRow task={block as unknown as Task} />
        </ol>
      );
    case "data_visualization":
      return <Chart block={block} />;
    case "container":
      return <Container block={block} />;
    case "table":
      return (
        <div className="block-scroll" tabIndex={0} role="region" aria-label="Table">
          <Library blocks={[block]} />
        </div>
      );
    case "video":
      return <Picture url={block.title_url} title={plain(block.title)} alt={block.alt_text} />;
    default:
      return <Library blocks={[block]} />;
  }
}

function Section({ block }: { block: Block }) {
  return (
    <div className="block-section">
      <div className="block-text">
        {typeof block.text === "object" && <Mrkdwn text={block.text} />}
        {block.fields && (
          <div className="block-fields">
            {block.fields.map((field, index) => (
              <div key={index}>
                <Mrkdwn text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div className="block-accessory">
          <Element element={block.accessory} />
        </div>
      )}
    </div>
  );
}

function Context({ block }: { block: Block }) {
  return (
    <div className="block-context">
      {(block.elements ?? []).map((element, index) =>
        element.type === "image" ? (
          <Picture key={index} url={(element as AnyElement).image_url} alt={(element as AnyElement).alt_text} small />
        ) : (
          <span key={index}>
            <Mrkdwn text={element as Text} />
          </span>
        ),
      )}
    </div>
  );
}

function Container({ block }: { block: Block }) {
  const children = <Blocks blocks={block.child_blocks ?? []} />;
  if (!block.title) return <div className="container">{children}</div>;
  if (block.is_collapsible === false)
    return (
      <section className="container">
        <h4>{plain(block.title)}</h4>
        {children}
      </section>
    );
  return (
    <details className="container" open={!block.default_collapsed}>
      <summary>{plain(block.title)}</summary>
      {children}
    </details>
  );
}
