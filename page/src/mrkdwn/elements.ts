/** The parts of Slack's rich_text that mrkdwn can say. */
export interface Style {
  bold?: true;
  italic?: true;
  strike?: true;
  code?: true;
}

export type Inline =
  | { type: "text"; text: string; style?: Style }
  | { type: "link"; url: string; text?: string; style?: Style }
  | { type: "emoji"; name: string; unicode: string }
  | { type: "user"; user_id: string; style?: Style }
  | { type: "channel"; channel_id: string; style?: Style }
  | { type: "usergroup"; usergroup_id: string; style?: Style }
  | { type: "broadcast"; range: "here" | "channel" | "everyone"; style?: Style };

export type Part =
  | { type: "rich_text_section"; elements: Inline[] }
  | { type: "rich_text_preformatted"; elements: Inline[] }
  | { type: "rich_text_quote"; elements: Inline[]; border: 1 };
