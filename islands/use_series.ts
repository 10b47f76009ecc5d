import { useEffect, useRef, useState } from "preact/hooks";
import { RondoError } from "../client/mod.ts";
import { readMeasures } from "../client/operations.ts";
import { secondsMax, type Series, withSample } from "../components/node/series.ts";
import { ownClient } from "./own_client.ts";
import { useConnection, useTopic } from "./use_live.ts";

/** A figure that was said longer ago is none of this second. */
const freshMs = 12_000;
const everyMs = 1_000;

/** The node's figures of the last quarter of an hour: what the node remembers, and then second by second. */
export function useSeries(initial: Series): Series {
  const [series, setSeries] = useState(initial);
  const metrics = useTopic("metrics");
  const latest = useRef(metrics);
  latest.current = metrics;
  const isLive = useConnection().kind === "live";
  // Also when the connection is back: the node remembers the seconds that the page has missed.
  useEffect(() => {
    let isWanted = true;
    readHistory().then((history) => {
      if (isWanted && history !== null) setSeries(history);
    });
    return () => {
      isWanted = false;
    };
  }, [isLive]);
  useEffect(() => {
    const timer = setInterval(() => {
      const { data, heardAtMs } = latest.current;
      const isFresh = heardAtMs !== null && Date.now() - heardAtMs < freshMs;
      setSeries((before) => withSample(before, isFresh ? data : null));
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
  return series;
}

async function readHistory(): Promise<Series | null> {
  try {
    return (await readMeasures(ownClient(), secondsMax)).history?.series ?? null;
  } catch (error) {
    if (error instanceof RondoError) return null;
    throw error;
  }
}
