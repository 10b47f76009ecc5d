import { useEffect, useRef, useState } from "preact/hooks";
import { RondoError } from "../client/mod.ts";

/** What a question to the node came to. */
export interface Answer<T> {
  /** The last answer; kept while a newer one is asked for, and when there is none. */
  readonly value: T | null;
  /** Why there is no newer one. */
  readonly problem: string | null;
  readonly isAsking: boolean;
  readonly ask: () => void;
}

/** Asks when the page comes, again when `key` changes, and every so often if wanted. */
export function useAnswer<T>(
  question: () => Promise<T>,
  key: string,
  everyMs: number | null = null,
): Answer<T> {
  const [state, setState] = useState<{ value: T | null; problem: string | null; isAsking: boolean }>({
    value: null,
    problem: null,
    isAsking: true,
  });
  const latest = useRef(0);
  const ask = async () => {
    const mine = ++latest.current;
    setState((before) => ({ ...before, isAsking: true }));
    const outcome = await outcomeOf(question());
    if (latest.current === mine) setState((before) => ({ ...before, ...outcome, isAsking: false }));
  };
  useEffect(() => {
    void ask();
    const timer = everyMs === null ? null : setInterval(() => {
      if (document.visibilityState === "visible") void ask();
    }, everyMs);
    return () => {
      latest.current = -1;
      if (timer !== null) clearInterval(timer);
    };
  }, [key, everyMs]);
  return { ...state, ask: () => void ask() };
}

async function outcomeOf<T>(answer: Promise<T>): Promise<{ value: T; problem: null } | { problem: string }> {
  try {
    return { value: await answer, problem: null };
  } catch (error) {
    if (!(error instanceof RondoError)) throw error;
    return { problem: error.message };
  }
}
