import { useEffect, useState } from "preact/hooks";
import { type ListedKey, RondoError } from "../client/mod.ts";
import { ownClient } from "./own_client.ts";

const pageKeys = 100;

interface State {
  readonly keys: readonly ListedKey[];
  readonly cursor: string | null;
  readonly isAsking: boolean;
  readonly problem: string | null;
}

/** The keys of the node, page by page. */
export function useLocalData() {
  const [prefix, setPrefix] = useState("");
  const [state, setState] = useState<State>({ keys: [], cursor: null, isAsking: true, problem: null });
  const read = async (before: readonly ListedKey[], cursor: string | null, isWanted: () => boolean) => {
    setState({ keys: before, cursor, isAsking: true, problem: null });
    try {
      const at = cursor === null ? {} : { cursor };
      const page = await ownClient().page({ prefix, limit: pageKeys, scope: "node", ...at });
      if (!isWanted()) return;
      setState({ keys: [...before, ...page.keys], cursor: page.cursor, isAsking: false, problem: null });
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      if (isWanted()) setState({ keys: before, cursor, isAsking: false, problem: error.message });
    }
  };
  useEffect(() => {
    let isWanted = true;
    void read([], null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [prefix]);
  return {
    keys: state.keys,
    hasMore: state.cursor !== null,
    isAsking: state.isAsking,
    problem: state.problem,
    onPrefix: setPrefix,
    onMore: () => void read(state.keys, state.cursor, () => true),
  };
}
