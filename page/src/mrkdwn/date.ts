const TOKENS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_pretty: { year: "numeric", month: "long", day: "numeric" },
  date_short_pretty: { year: "numeric", month: "short", day: "numeric" },
  date_long_pretty: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hour12: false },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false },
};

/** Slack's date format, in the reader's own time zone; nothing for what is no time. */
export function slackDate(seconds: number, format: string): string | undefined {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return undefined;
  const at = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === "ago") return at.toLocaleString("en-GB", TOKENS.date_short);
    const options = Object.hasOwn(TOKENS, token) ? TOKENS[token] : undefined;
    return options ? at.toLocaleString("en-GB", options) : whole;
  });
}
