import { dismiss, useNotices } from "../workspace/notices.ts";
import { Icon } from "./icon.tsx";

export function Notices() {
  const notices = useNotices();
  return (
    <div className="notices" role="alert">
      {notices.map(({ id, text, way }) => (
        <div className="notice" key={id}>
          <span>{text}</span>
          {way && (
            <a href={way.href} onClick={() => dismiss(id)}>
              {way.label}
            </a>
          )}
          <button type="button" className="quiet" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
