import { memo } from "react";
import { Attachment } from "../blocks/attachment.tsx";
import { Blocks } from "../blocks/blocks.tsx";
import { Mrkdwn } from "../blocks/mrkdwn.tsx";
import type { Message } from "../workspace/protocol.ts";

/** Blocks where there are any, else the text; then attachments. */
export const MessageBody = memo(function MessageBody({ message }: { message: Message }) {
  const { blocks, text, attachments } = message;
  return (
    <div className="message-body">
      {blocks?.length ? <Blocks blocks={blocks} /> : text && <Mrkdwn text={{ type: "mrkdwn", text }} />}
      {attachments?.map((attachment, index) => (
        <Attachment key={index} attachment={attachment} />
      ))}
    </div>
  );
});
