import { answersRead, requests, roundTrips } from "./properties/codec.ts";
import { hearing, liars } from "./properties/liars.ts";
import { live } from "./properties/live.ts";
import { peers, views } from "./properties/peers.ts";
import { rest } from "./properties/rest.ts";
import { keys, queries, records, rows } from "./properties/texts.ts";
import type { FuzzProperty } from "./property.ts";

/** Everything that is tried, the cheapest first. */
export const allProperties: readonly FuzzProperty[] = [
  ...[keys, queries, roundTrips, records, answersRead, requests, rows, hearing],
  ...[live, rest, peers, views, liars],
];
