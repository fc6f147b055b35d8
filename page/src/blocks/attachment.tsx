import type { Attachment as Given, Text } from "../workspace/protocol.ts";
import { clock } from "../workspace/time.ts";
import { address } from "./address.ts";
import { Blocks } from "./blocks.tsx";
import { Mrkdwn } from "./mrkdwn.tsx";

const mrkdwn = (text: string): Text => ({ type: "mrkdwn", text });
const NAMED: Readonly<Record<string, string>> = { good: "#2f9e6e", warning: "#d99a2b", danger: "#d0454c" };

function colour(given = ""): string | undefined {
  if (Object.hasOwn(NAMED, given)) return NAMED[given];
  return /^#?[0-9a-f]{3,6}$/i.test(given) ? `#${given.replace("#", "")}` : undefined;
}

/** An attachment as alerts had them before blocks: a colour bar, a title, fields, a footer. */
export function Attachment({ attachment }: { attachment: Given }) {
  const { pretext, author_name, title, title_link, text, fields, footer, ts, blocks, fallback } = attachment;
  const link = address(title_link);
  const empty = !title && !text && !fields?.length && !blocks?.length;
  return (
    <>
      {pretext && <Mrkdwn text={mrkdwn(pretext)} />}
      <div className="attachment" style={{ borderLeftColor: colour(attachment.color) }}>
        {author_name && <div className="attachment-author">{author_name}</div>}
        {title && (
          <div className="attachment-title">
            {link ? (
              <a href={link} target="_blank" rel="noopener noreferrer">
                {title}
              </a>
            ) : (
              title
            )}
          </div>
        )}
        {text && <Mrkdwn text={mrkdwn(text)} />}
        {fields && (
          <dl className="attachment-fields">
            {fields.map((field, index) => (
              <div key={index} className={field.short ? "short" : ""}>
                <dt>{field.title}</dt>
                <dd>
                  <Mrkdwn text={mrkdwn(field.value ?? "")} />
                </dd>
              </div>
            ))}
          </dl>
        )}
        {blocks && <Blocks blocks={blocks} />}
        {empty && fallback}
        {footer && (
          <div className="attachment-footer">
            <Mrkdwn text={mrkdwn(footer)} />
            {ts ? <span>{clock(String(ts))}</span> : null}
          </div>
        )}
      </div>
    </>
  );
}
