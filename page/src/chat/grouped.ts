import type { Message } from "../workspace/protocol.ts";
import { dateOf, day } from "../workspace/time.ts";

const SAME_BREATH_S = 300; // messages of one author within five minutes share one head

export interface Row { message: Message; first: boolean }
export interface Day { name: string; rows: Row[] }

/** Messages by day, and within a day by author: `first` has the avatar, the name and the time. */
export function grouped(messages: readonly Message[], now = new Date()): Day[] {
  const days: Day[] = [];
  let before: Message | undefined;
  for (const message of messages) {
    const name = day(message.ts, now);
    const today = days.at(-1)?.name === name;
    if (!today) days.push({ name, rows: [] });
    const first = !today || !before || !sameBreath(before, message);
    days.at(-1)?.rows.push({ message, first });
    before = message;
  }
  return days;
}

function sameBreath(before: Message, message: Message): boolean {
  const author = (one: Message) => `${one.user}/${one.username ?? ""}/${one.ephemeral ?? ""}`;
  const gap = (dateOf(message.ts).getTime() - dateOf(before.ts).getTime()) / 1000;
  const isCard = message.blocks?.some(({ type }) => type !== "rich_text"); // what a person types is rich_text
  return author(before) === author(message) && gap < SAME_BREATH_S && !message.ephemeral && !isCard;
}
