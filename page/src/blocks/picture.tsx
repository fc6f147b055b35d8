import { Icon } from "../parts/icon.tsx";
import { address } from "./address.ts";

/** A picture; one from outside is named and linked instead of fetched, because nothing leaves this machine. */
export function Picture({ url, alt = "", title, small }: { url?: string; alt?: string; title?: string; small?: boolean }) {
  const local = url && (url.startsWith("data:image/") || url.startsWith(`${location.origin}/`) || url.startsWith("/"));
  const link = address(url);
  if (local) return <img className={small ? "picture small" : "picture"} src={url} alt={alt} />;
  if (small) return <span className="picture-none small" role="img" aria-label={alt} title={alt} />;
  return (
    <span className="picture-none">
      <Icon name="eye" />
      <span>
        {title || alt || "Picture"} ({link ? <a href={link} target="_blank" rel="noopener noreferrer">open it</a> : "not shown"}; Rehearsal fetches nothing from outside)
      </span>
    </span>
  );
}
