import { CopyButton } from "../parts/copy.tsx";

/** Code to paste: it wraps to be read, and is copied as it stands. */
export function Code({ text }: { text: string }) {
  return (
    <div className="code">
      <CopyButton text={text} label="Copy code" />
      <pre>
        <code>{text}</code>
      </pre>
    </div>
  );
}
