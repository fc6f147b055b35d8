import { Icon } from "../parts/icon.tsx";
import { type Choice, Menu } from "../parts/menu.tsx";
import { act } from "../workspace/act.ts";
import { tell } from "../workspace/notices.ts";
import type { Stage } from "../workspace/protocol.ts";
import { hashOf } from "../workspace/route.ts";

const STORM = 200; // alerts; the size at which chat tools are said to choke
const SAME = 50; // of one issue

interface Given { stage: Stage; incidentsChannel: string; alertsChannel: string; played?: () => void }

/** What goes wrong in a real week, on request; each does really what it says. */
export function TroubleMenu({ stage, incidentsChannel, alertsChannel, played }: Given) {
  if (stage.live || !stage.incidents.length) return null;
  const first = stage.incidents[0];
  const does = (given: Record<string, unknown>, told: string, channel: string) => async () => {
    const { ok } = await act(given);
    if (!ok) return;
    played?.();
    tell(told, { label: "Show it", href: hashOf({ channel }) });
  };
  const alive = stage.bot?.state === "up";
  const choices: (Choice | false | null | undefined)[] = [
    {
      key: "together",
      label: "Two people ask at once",
      hint: "you and sam, the same issue, the same second: one run, and a link",
      chosen: does({ do: "stage.together" }, "You and sam ask at once in #incidents.", incidentsChannel),
    },
    {
      key: "storm",
      label: "Two hundred alerts",
      hint: "of every issue, within a minute, in no order: one card for each issue",
      chosen: does({ do: "stage.storm", count: STORM }, "Two hundred alerts come within a minute in #alerts.", alertsChannel),
    },
    first && {
      key: "same",
      label: "Fifty alerts of one issue",
      hint: `${first.ref}, within a minute: one run, one card that counts`,
      chosen: does({ do: "stage.storm", count: SAME, incident: first.name }, `${first.ref} alerts fifty times within a minute in #alerts.`, alertsChannel),
    },
    stage.bot && alive && {
      key: "within",
      label: "Kill the bot in the middle of a run",
      hint: "it is asked, and gets SIGKILL when its message stands; it starts again after five seconds",
      chosen: does({ do: "stage.kill", within: "run" }, "The bot is asked in #incidents, and killed in the middle.", incidentsChannel),
    },
    stage.bot && alive && { key: "kill", label: "Kill the bot now", hint: "SIGKILL, whatever it does; it starts again after five seconds", chosen: () => void act({ do: "stage.kill" }) },
    stage.bot && !alive && { key: "start", label: "Start the bot again", hint: "what was under way goes on in the same message", chosen: () => void act({ do: "stage.start" }) },
    {
      key: "refuse",
      label: "Slack refuses for twenty seconds",
      hint: "every post and edit is answered 429 with Retry-After",
      chosen: does({ do: "stage.refuse" }, "For twenty seconds every post and edit is refused: ask something.", incidentsChannel),
    },
    {
      key: "lose",
      label: "Slack's answers are lost",
      hint: "the next three posts are done, and the bot does not hear of it",
      chosen: does({ do: "stage.lose" }, "The answers to the next three posts are lost: ask something.", incidentsChannel),
    },
  ];
  return (
    <Menu
      className="stage-menu trouble"
      label="What if …"
      face={
        <>
          <Icon name="warning" />
          <span>What if …</span>
          <Icon name="down" />
        </>
      }
      choices={choices.filter((choice): choice is Choice => Boolean(choice))}
    />
  );
}
