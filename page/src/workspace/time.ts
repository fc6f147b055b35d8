const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

export const dateOf = (ts: string) => new Date(Number.parseFloat(ts) * 1000);
export const clock = (ts: string) => CLOCK.format(dateOf(ts));
export const fullTime = (ts: string) => FULL.format(dateOf(ts));

export function day(ts: string, now = new Date()): string {
  const at = dateOf(ts);
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : DAY.format(at);
}

export function ago(ts: string, now = Date.now()): string {
  const minutes = Math.floor((now - dateOf(ts).getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} h ago` : day(ts);
}
