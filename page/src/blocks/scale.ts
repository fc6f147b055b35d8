/** The top of an axis: the smallest round number (1, 2, 2.5, 5 × 10ⁿ) that no value passes. */
export function top(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((factor) => factor * power >= most) ?? 10;
  return most <= 1 && Number.isInteger(most) ? 1 : step * power;
}

export interface Tick { time: string; mark: string }

/** A label such as "09h deploy, onset" is a tick and what is marked there; other labels are ticks alone. */
export function ticks(labels: readonly string[]): Tick[] {
  const plainOnes = labels.filter((label) => !/\s/.test(label.trim()));
  return labels.map((label) => {
    const match = /^(\S+)\s+(.+)$/.exec(label.trim());
    const isMark = match && plainOnes.length * 2 >= labels.length;
    return isMark ? { time: match[1] as string, mark: match[2] as string } : { time: label, mark: "" };
  });
}
