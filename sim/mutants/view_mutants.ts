import { BallotBox } from "../../core/data/ballot_box.ts";
import { DataUpkeep } from "../../core/data/data_upkeep.ts";
import { Release } from "../../core/data/release.ts";
import { Replicas } from "../../core/data/replicas.ts";
import { Sync } from "../../core/data/sync.ts";
import { ViewChange } from "../../core/data/view_change.ts";
import type { NodeDocument } from "../../core/node_document.ts";
import type { Vote } from "../../core/protocol.ts";
import { SimStore } from "../sim_store.ts";
import { type Mutant, plantAll, replaceMethod } from "./mutant.ts";

const everything = { recordsMax: 10_000, bytesMax: Infinity };

/** Bugs of how partitions change hands. */
export const viewMutants: readonly Mutant[] = [
  {
    name: "noRereplication",
    breaks: "nobody takes the place of keepers that left or died",
    regime: "faults",
    troubles: ["leave", "join"],
    plant: () => replaceMethod(ViewChange.prototype, "run", () => () => Promise.resolve()),
  },
  {
    name: "noSync",
    breaks: "new keepers never fetch what was there before them",
    regime: "faults",
    plant: () => replaceMethod(Sync.prototype, "run", () => () => Promise.resolve()),
  },
  {
    name: "newMemberSynced",
    breaks: "a new keeper counts as complete at once",
    regime: "faults",
    plant: () =>
      replaceMethod(Replicas.prototype, "learn", (learn) =>
        function (ranges, view) {
          const list = [...ranges];
          const isNews = learn.call(this, list, view);
          this.markSynced(list, view.epoch);
          return isNews;
        }),
  },
  {
    name: "sealedServes",
    breaks: "a copy goes on serving its view after it has voted for the next",
    regime: "faults",
    troubles: ["cutAtChange", "join", "leave", "crash"],
    plant: () =>
      replaceMethod(Replicas.prototype, "serving", () =>
        function (partition) {
          const state = this.get(partition);
          return this.isMember(state) ? state : null;
        }),
  },
  {
    name: "promiseForgotten",
    breaks: "what a copy has promised and voted for does not survive a restart",
    regime: "faults",
    troubles: ["crash", "flap", "powerCut", "join", "leave", "loss"],
    plant: () =>
      replaceDocument((document) => ({ ...document, states: document.states.map(withoutPromises) })),
  },
  {
    name: "promiseIgnored",
    breaks: "a copy votes for a lower ballot than it has promised",
    regime: "faults",
    plant: () =>
      replaceMethod(BallotBox.prototype, "accept", (accept) =>
        async function (params) {
          this.replicas.table.update(
            params.ranges,
            (state) => state === null ? null : { ...state, promised: null },
          );
          return await accept.call(this, params);
        }),
  },
  {
    name: "earlierVoteIgnored",
    breaks: "a copy does not tell the next proposer what it has voted for",
    regime: "faults",
    plant: () =>
      replaceMethod(BallotBox.prototype, "prepare", (prepare) =>
        async function (params) {
          const { votes } = await prepare.call(this, params);
          return { votes: votes.map((vote) => ({ ...vote, accepted: null })) };
        }),
  },
  {
    name: "votesVouchFalsely",
    breaks: "voters that lack data say that they have it, so a view is decided whose data nobody has",
    regime: "faults",
    plant: () =>
      plantAll(
        replaceMethod(BallotBox.prototype, "prepare", (prepare) =>
          async function (params) {
            return { votes: (await prepare.call(this, params)).votes.map(synced) };
          }),
        replaceMethod(BallotBox.prototype, "accept", (accept) =>
          async function (params) {
            return { votes: (await accept.call(this, params)).votes.map(synced) };
          }),
      ),
  },
  {
    name: "dropUnconfirmed",
    breaks: "a node lets go of what it no longer keeps before the new keepers have it",
    regime: "faults",
    plant: () =>
      replaceMethod(Release.prototype, "run", () =>
        async function () {
          for (const partition of this.held()) {
            const { records } = await this.store.page(
              { first: partition, last: partition },
              null,
              everything,
            );
            for (const { key, version } of records) await this.store.drop(partition, key, version);
          }
        }),
  },
  {
    name: "leaveWithData",
    breaks: "a leaving node goes before anybody has taken over",
    regime: "faults",
    troubles: ["leave", "join"],
    plant: () => replaceMethod(DataUpkeep.prototype, "unreleased", () => () => []),
  },
  {
    name: "absenceUnnoticed",
    breaks: "a node that was away for too long brings back what was deleted and forgotten meanwhile",
    regime: "faults",
    troubles: ["crash"],
    plant: () => replaceDocument((document) => ({ ...document, contactAtMs: Number.MAX_SAFE_INTEGER })),
  },
];

function synced(vote: Vote): Vote {
  return { ...vote, synced: true };
}

function withoutPromises(
  { state, ...range }: NodeDocument["states"][number],
): NodeDocument["states"][number] {
  return { ...range, state: { ...state, promised: null, accepted: null } };
}

/** A node reads something else about itself than it had written. */
function replaceDocument(change: (document: NodeDocument) => NodeDocument): () => void {
  return replaceMethod(SimStore.prototype, "loadDocument", (load) =>
    async function (name) {
      const text = await load.call(this, name);
      if (text === null || text === "") return text;
      return JSON.stringify(change(JSON.parse(text)));
    });
}
