import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { keyProblem, type LiveConnection, type RondoClient } from "../client/mod.ts";
import { emptyView, type KeysView, parametersOf, viewOf } from "../components/keys/keys_url.ts";
import { emptyList, type KeyList } from "../components/keys/listed_key.ts";
import type { OpenKey, PlaceSearch } from "../components/keys/open_key.ts";
import { whyNot } from "../components/shell/permission.ts";
import type { Role } from "../core/role.ts";
import { KeyListing } from "./key_listing.ts";
import { ownClient, placeOf, readKey } from "./key_writes.ts";
import { problemOf } from "./problem_of.ts";
import { writeParameters } from "./url_state.ts";
import { useLive } from "./use_shell.ts";

/** The client of a page; null on the server, and until the page has come to life. */
export function useOwnClient(): RondoClient | null {
  const [client, setClient] = useState<RondoClient | null>(null);
  useEffect(() => setClient(ownClient()), []);
  return client;
}

/** What of the page is in its address; read once the page has come to life. */
export function useKeysView() {
  const [view, setView] = useState<KeysView & { isRead: boolean }>({ ...emptyView, isRead: false });
  useEffect(() => setView({ ...viewOf(location.search), isRead: true }), []);
  const change = (changes: Partial<KeysView>) => {
    setView((before) => {
      const after = { ...before, ...changes };
      writeParameters(parametersOf(after));
      return after;
    });
  };
  return { view, change };
}

/** A pause in typing after which there is an answer. */
const typingMs = 250;

/** The list of keys of a prefix, anew whenever that changes. */
export function useKeyList(
  client: RondoClient | null,
  { prefix, scope, isRead }: KeysView & { isRead: boolean },
) {
  const [list, setList] = useState<KeyList>({ ...emptyList, isLoading: true });
  const listing = useMemo(() => client === null ? null : new KeyListing(client, setList), [client]);
  const hasAsked = useRef(false);
  useEffect(() => {
    if (listing === null || !isRead) return;
    const timer = setTimeout(() => void listing.ask({ prefix, scope }), hasAsked.current ? typingMs : 0);
    hasAsked.current = true;
    return () => clearTimeout(timer);
  }, [listing, prefix, scope, isRead]);
  useEffect(() => () => listing?.stop(), [listing]);
  return { list, listing, reload: () => void listing?.ask({ prefix, scope }) };
}

/** One key and what is in it. What was read stays while it is read again. */
export function useOpenKey(client: RondoClient | null, key: string | null) {
  const [open, setOpen] = useState<OpenKey>({ kind: "none" });
  const [isLoading, setIsLoading] = useState(false);
  const number = useRef(0);
  const read = async (wanted: string | null) => {
    const mine = ++number.current;
    if (client === null || wanted === null) return setOpen({ kind: "none" });
    setOpen((before) =>
      before.kind !== "none" && before.key === wanted ? before : { kind: "loading", key: wanted }
    );
    setIsLoading(true);
    const found = await readKey(client, wanted);
    if (mine !== number.current) return;
    setOpen(found);
    setIsLoading(false);
  };
  useEffect(() => void read(key), [client, key]);
  /** What the page itself has done need not be asked for. */
  const showDeleted = (gone: string, version: string) => {
    number.current++;
    setIsLoading(false);
    setOpen((before) =>
      before.kind === "found" && before.key === gone
        ? { kind: "absent", key: gone, version, place: before.place }
        : before
    );
  };
  return { open, isLoading, reload: () => void read(key), showDeleted };
}

/** Where a key belongs that is being typed. */
export function useKeyPlace(client: RondoClient | null, key: string | null): PlaceSearch {
  const [search, setSearch] = useState<PlaceSearch>({ kind: "none" });
  useEffect(() => {
    if (client === null || key === null || keyProblem(key) !== null) return setSearch({ kind: "none" });
    const stop = new AbortController();
    setSearch({ kind: "asking" });
    const timer = setTimeout(async () => {
      const found = await placeOf(client, key, stop.signal).then(
        (place): PlaceSearch => ({ kind: "known", place }),
        (error): PlaceSearch => ({ kind: "failed", problem: problemOf(error) }),
      );
      if (!stop.signal.aborted) setSearch(found);
    }, typingMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, key]);
  return search;
}

/** The time by the page's clock, anew every second, for those parts that count. */
export function useNowSignal(): ReadonlySignal<number> {
  const now = useMemo(() => signal(Date.now()), []);
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  }, [now]);
  return now;
}

/** Why this visitor can change nothing now; null when he can. */
export function useBlocked(role: Role): string | null {
  const kind = useLive<LiveConnection["kind"]>((store) => store.connection.value.kind, "connecting");
  if (kind === "signedOut") return "You are not signed in any more";
  return kind === "reconnecting" ? "No connection to this node" : whyNot(role, "write");
}
