import { angle, unescaped } from "./angle.ts";
import type { Inline, Style } from "./elements.ts";
import { emojiOf } from "./emoji.ts";

const MARKS: Readonly<Record<string, keyof Style>> = { "*": "bold", _: "italic", "~": "strike" };
const WORD = /[\p{L}\p{N}]/u;
const SPACE = /\s/;
const EMOJI = /:([a-z0-9_+'-]+):/y;
const BARE = /https?:\/\/[^\s<>|]+[^\s<>|.,:;!?)\]}'"*_~`]/y;

/** One run of mrkdwn as rich_text elements; `linking` also turns bare addresses into links (verbatim: false). */
export function inline(text: string, linking: boolean, style: Style = {}): Inline[] {
  const found: Inline[] = [];
  let plain = "";
  const flush = () => {
    if (plain) found.push({ type: "text", text: unescaped(plain), ...(Object.keys(style).length ? { style } : {}) });
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const read = token(text, at, linking, style);
    if (read) {
      flush();
      found.push(...read.elements);
      at = read.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return found;
}

interface Read {
  elements: Inline[];
  end: number;
}

function token(text: string, at: number, linking: boolean, style: Style): Read | undefined {
  const sign = text[at] as string;
  const before = at > 0 ? (text[at - 1] as string) : " ";
  if (sign === "<") return bracketed(text, at, style);
  if (sign === "`") return coded(text, at, style);
  if (sign === ":" && !WORD.test(before)) return emoji(text, at);
  const kind = MARKS[sign];
  if (kind && !style[kind] && !WORD.test(before) && before !== sign) return marked(text, at, kind, linking, style);
  if (linking && sign === "h" && !WORD.test(before)) return bare(text, at, style);
  return undefined;
}

function bracketed(text: string, at: number, style: Style): Read | undefined {
  const end = text.indexOf(">", at);
  const element = end < 0 ? undefined : angle(text.slice(at + 1, end), style);
  return element && { elements: [element], end: end + 1 };
}

function coded(text: string, at: number, style: Style): Read | undefined {
  const end = text.indexOf("`", at + 1);
  const inner = text.slice(at + 1, end);
  if (end < 0 || !inner.trim() || inner.includes("\n")) return undefined;
  const codeStyle: Style = { ...style, code: true };
  const elements: Inline[] = [];
  for (const piece of inner.split(/(<[^<>\n]*>)/).filter(Boolean)) {
    const link = piece.startsWith("<") ? angle(piece.slice(1, -1), codeStyle) : undefined;
    elements.push(link ?? { type: "text", text: unescaped(piece), style: codeStyle });
  }
  return { elements, end: end + 1 };
}

function emoji(text: string, at: number): Read | undefined {
  EMOJI.lastIndex = at;
  const name = EMOJI.exec(text)?.[1];
  const sign = name ? emojiOf(name) : undefined;
  if (!name || !sign) return undefined;
  const unicode = [...sign].map((char) => (char.codePointAt(0) as number).toString(16)).join("-");
  return { elements: [{ type: "emoji", name, unicode }], end: at + name.length + 2 };
}

function marked(text: string, at: number, kind: keyof Style, linking: boolean, style: Style): Read | undefined {
  const end = closing(text, at);
  if (end < 0) return undefined;
  return { elements: inline(text.slice(at + 1, end), linking, { ...style, [kind]: true }), end: end + 1 };
}

/** Where the mark at `at` ends: on its line, after no space, before no word; code and links are stepped over. */
function closing(text: string, at: number): number {
  const sign = text[at] as string;
  const first = text[at + 1];
  if (first === undefined || SPACE.test(first) || first === sign) return -1;
  for (let index = at + 1; index < text.length && text[index] !== "\n"; index += 1) {
    const char = text[index] as string;
    if (char === "`" || char === "<") {
      const end = text.indexOf(char === "<" ? ">" : "`", index + 1);
      const line = text.indexOf("\n", index);
      if (end > 0 && (line < 0 || end < line)) index = end;
    } else if (char === sign && !SPACE.test(text[index - 1] as string)) {
      const after = text[index + 1];
      if (after === undefined || (!WORD.test(after) && after !== sign)) return index;
    }
  }
  return -1;
}

function bare(text: string, at: number, style: Style): Read | undefined {
  BARE.lastIndex = at;
  const url = BARE.exec(text)?.[0];
  if (!url) return undefined;
  const element: Inline = { type: "link", url: unescaped(url), ...(Object.keys(style).length ? { style } : {}) };
  return { elements: [element], end: at + url.length };
}
