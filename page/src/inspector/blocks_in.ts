const DEEPEST = 6; // how far down a payload blocks are looked for

/** The first list of blocks in a payload, also where Slack has it as a string of JSON; nothing when there is none. */
export function blocksIn(value: unknown, depth = 0): unknown[] | undefined {
  if (depth > DEEPEST || typeof value !== "object" || value === null) return undefined;
  const own = (value as Record<string, unknown>).blocks;
  if (Array.isArray(own) && own.length) return own;
  if (typeof own === "string") return parsed(own);
  for (const inner of Object.values(value)) {
    const read = typeof inner === "string" && /^\s*\{/.test(inner) ? record(inner) : inner;
    const found = blocksIn(read, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function parsed(text: string): unknown[] | undefined {
  const value = record(text);
  return Array.isArray(value) ? value : undefined;
}

function record(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a text that only looks like JSON holds no blocks
  }
}
