import { tell } from "./notices.ts";

export interface Answer {
  ok: boolean;
  error?: string;
  errors?: Record<string, string>;
}

/** Tells the server what the person did; what went wrong is shown to them and returned. */
export async function act(given: Record<string, unknown>, shown = true): Promise<Answer> {
  const answer = await asked(given);
  if (!answer.ok && shown && !answer.errors) tell(answer.error ?? "That did not work.");
  return answer;
}

async function asked(given: Record<string, unknown>): Promise<Answer> {
  try {
    const response = await fetch("/page/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(given),
    });
    if (!response.ok) return { ok: false, error: `Rehearsal refused this (status ${response.status}). Reload the page and try again.` };
    return (await response.json()) as Answer;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError)
      return { ok: false, error: "Rehearsal does not answer. Is it still running in the terminal?" };
    throw error;
  }
}
