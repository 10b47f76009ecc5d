import type { JSX } from "preact";
import { liveStore } from "../client/live_store.ts";
import { Banners } from "../components/shell/Banners.tsx";
import { bannersOf } from "../components/shell/banners.ts";
import type { FirstLook } from "../components/shell/first_look.ts";
import { useHeard, usePlace } from "./use_shell.ts";

/** Above every page: what everybody has to know at once. */
export default function ShellBanners({ first }: { first: FirstLook | null }): JSX.Element {
  const { connection, info, ring } = useHeard(first);
  return (
    <Banners
      banners={bannersOf({ connection, info, ring: ring ?? [] })}
      place={usePlace()}
      onRetry={() => liveStore().retryNow()}
    />
  );
}
