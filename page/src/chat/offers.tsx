import { useEffect, useRef } from "react";
import type { Completion, Offer } from "./completion.ts";

interface Given { id: string; found: Completion; at: number; take: (offer: Offer) => void }

export function Offers({ id, found, at, take }: Given) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div className="offers">
      <div className="offers-head" aria-hidden="true">
        <span>{found.label}</span>
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> take · <kbd>Esc</kbd> close
        </span>
      </div>
      <div ref={list} id={id} role="listbox" aria-label={found.label}>
        {found.offers.map((offer, index) => (
          <div
            key={offer.insert}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            className="offer"
            onPointerDown={(event) => {
              event.preventDefault(); // the text keeps the focus
              take(offer);
            }}
          >
            <strong>{offer.label}</strong>
            <span>{offer.hint}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
