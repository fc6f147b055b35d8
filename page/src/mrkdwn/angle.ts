import { slackDate } from "./date.ts";
import type { Inline, Style } from "./elements.ts";

export function unescaped(text: string): string {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

const styled = (style: Style) => (Object.keys(style).length ? { style } : {});
const split = (text: string, at: string): [string, string | undefined] => {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + at.length)];
};

/** What stands between < and >: a link, a mention, a date; nothing when it is none of them. */
export function angle(inner: string, style: Style): Inline | undefined {
  const [target, label] = split(inner, "|");
  const id = target.slice(1);
  if (/^@[UW]\w+$/.test(target)) return { type: "user", user_id: id, ...styled(style) };
  if (/^#[CGD]\w+$/.test(target)) return { type: "channel", channel_id: id, ...styled(style) };
  if (/^!subteam\^\w+$/.test(target)) return { type: "usergroup", usergroup_id: target.slice(9), ...styled(style) };
  if (target === "!here" || target === "!channel" || target === "!everyone")
    return { type: "broadcast", range: id as "here" | "channel" | "everyone", ...styled(style) };
  if (target.startsWith("!date^")) return date(target, label, style);
  if (!/^(https?:\/\/|mailto:)\S+$/.test(target)) return undefined;
  const [text, worn] = dressed(label ?? "", style);
  return { type: "link", url: unescaped(target), ...(text ? { text: unescaped(text) } : {}), ...styled(worn) };
}

const AROUND: Readonly<Record<string, keyof Style>> = { "*": "bold", _: "italic", "~": "strike", "`": "code" };

/** A label in marks as a whole, as Sentry's title links have it; marks inside a label stay what they are. */
function dressed(label: string, style: Style): [string, Style] {
  const kind = AROUND[label[0] ?? ""];
  if (!kind || style[kind] || !/^(.)\S(.*\S)?\1$/s.test(label)) return [label, style];
  return dressed(label.slice(1, -1), { ...style, [kind]: true });
}

function date(target: string, label: string | undefined, style: Style): Inline {
  const [, seconds = "", format = "", url] = target.split("^");
  const text = slackDate(Number(seconds), format) ?? unescaped(label ?? seconds);
  return url && /^https?:/.test(url) ? { type: "link", url: unescaped(url), text, ...styled(style) } : { type: "text", text, ...styled(style) };
}
