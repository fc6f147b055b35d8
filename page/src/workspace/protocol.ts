/** What the server tells and is told; blocks and elements stay in Slack's own shape. */
export interface Team { id: string; name: string }
export interface Person { id: string; name: string; app: boolean }
export interface Channel { id: string; name: string; topic: string; member: boolean }
export interface Shortcut { callback_id: string; name: string }
export interface Command { command: string; description: string; usage_hint: string }

export interface Message {
  channel: string;
  ts: string;
  thread_ts?: string;
  user: string;
  username?: string;
  text: string;
  blocks?: Block[];
  attachments?: Attachment[];
  edited?: { ts: string };
  ephemeral?: true;
  /** Whom an ephemeral message is for, where that is not you. */
  reader?: string;
  reply_count?: number;
  latest_reply?: string;
}

export interface Exchange {
  n: number;
  at: number;
  way: "bot→slack" | "slack→bot";
  name: string;
  summary: string;
  ms: number | null;
  ok: boolean | null;
  error: string | null;
  size: number;
}

export interface Incident { name: string; ref: string; title: string; about: string; link: string }
export type Mode = "recorded" | "slow" | "failing" | "absent";
export interface Source { name: string; title: string; mode: Mode }
/** The bot's process; `returns` is when a dead one starts again by itself, in seconds since the epoch. */
export interface BotState { state: "up" | "killed" | "ended"; returns: number | null }
export interface Stage {
  live: boolean;
  sentry_url: string;
  incidents: Incident[];
  sources: Source[];
  arriving: boolean;
  /** Null where the bot shares the workspace's process. */
  bot: BotState | null;
}

export interface Snapshot {
  team: Team;
  you: string;
  bot: string;
  people: Record<string, Person>;
  channels: Channel[];
  messages: Message[];
  views: View[];
  home_tab: boolean;
  home: View | null;
  commands: Command[];
  shortcuts: Shortcut[];
  connected: boolean;
  traffic: Exchange[];
  stage: Stage;
}

export type Change =
  | { kind: "message"; message: Message }
  | { kind: "gone"; channel: string; ts: string }
  | { kind: "channel"; channel: Channel }
  | { kind: "views"; views: View[] }
  | { kind: "home"; home: View | null }
  | { kind: "connected"; connected: boolean }
  | { kind: "traffic"; exchange: Exchange }
  | { kind: "stage"; stage: Stage };

export interface Text { type: "plain_text" | "mrkdwn"; text: string; verbatim?: boolean; emoji?: boolean }
export interface Confirm { title?: Text; text?: Text; confirm?: Text; deny?: Text; style?: "primary" | "danger" }
export interface Option { text: Text; value: string; description?: Text; url?: string }
export interface FeedbackButton { text: Text; value: string; accessibility_label?: string }

/** Any Block Kit element; the fields are those that the page draws. */
export interface Element {
  type: string;
  action_id?: string;
  text?: Text | string;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  confirm?: Confirm;
  accessibility_label?: string;
  placeholder?: Text;
  options?: Option[];
  option_groups?: { label: Text; options: Option[] }[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_value?: string;
  initial_date?: string;
  initial_time?: string;
  initial_user?: string;
  initial_channel?: string;
  initial_conversation?: string;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  positive_button?: FeedbackButton;
  negative_button?: FeedbackButton;
  icon?: string;
  image_url?: string;
  alt_text?: string;
  focus_on_load?: boolean;
}

export interface Task {
  task_id: string;
  title: string;
  status?: "pending" | "in_progress" | "complete" | "error";
  details?: Block;
  output?: Block;
  sources?: { type: "url"; url: string; text: string }[];
}

export interface Point { label: string; value: number }
export interface Series { name: string; data: Point[] }
export interface Chart {
  type: "bar" | "line" | "area" | "pie";
  series?: Series[];
  segments?: Point[];
  axis_config?: { categories?: string[]; x_label?: string; y_label?: string };
}

/** Any Block Kit block; the fields are those that the page draws itself. */
export interface Block {
  type: string;
  block_id?: string;
  text?: Text | string;
  fields?: Text[];
  accessory?: Element;
  elements?: (Element | Block)[];
  element?: Element;
  label?: Text;
  hint?: Text;
  optional?: boolean;
  dispatch_action?: boolean;
  title?: Text | string;
  tasks?: Task[];
  chart?: Chart;
  child_blocks?: Block[];
  image_url?: string;
  alt_text?: string;
  title_url?: string;
  is_collapsible?: boolean;
  default_collapsed?: boolean;
}

export interface View {
  id: string;
  hash?: string;
  type: string;
  callback_id?: string;
  title: Text;
  submit?: Text;
  close?: Text;
  blocks: Block[];
}

/** An attachment of the kind alerts had before blocks. */
export interface Attachment {
  color?: string;
  pretext?: string;
  author_name?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fallback?: string;
  fields?: { title?: string; value?: string; short?: boolean }[];
  footer?: string;
  ts?: string | number;
  blocks?: Block[];
}
