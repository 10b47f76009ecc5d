import { hourMs } from "./target.ts";
import { ask, attack, type Attacks } from "./attack.ts";

const notified = "200 result 1";
const refused = "200 -32602 1";

/** A peer that is none of ours, or is and lies. */
export const peers: Attacks = (target) => {
  const { neighbour, node } = target;
  const stranger = target.strangerAt("http://nobody.test");
  const impostor = { id: neighbour.self.id, url: "http://evil.example" };
  const squatter = { id: stranger.id, url: neighbour.self.url };

  return [
    attack(
      "another ring",
      ask("chord.ping", {}, { "X-Rondo-Cluster": "other" }),
      "421 -32004 null",
      "before anything is read",
    ),
    attack(
      "another receiver",
      ask("chord.ping", {}, { "X-Rondo-To": neighbour.self.id }),
      "421 -32004 null",
      "it moved away",
    ),
    attack(
      "no time left",
      ask("chord.ping", {}, { "X-Rondo-Deadline-Ms": "4" }),
      "504 -32007 null",
      "nobody would hear it",
    ),
    attack(
      "a deadline that is none",
      ask("chord.ping", {}, { "X-Rondo-Deadline-Ms": "-1" }),
      "400 -32602 null",
      "digits",
    ),

    attack(
      "notify in the name of a member",
      ask("chord.notify", { node: impostor }),
      refused,
      "its id is of another address",
    ),
    attack(
      "notify with an id of choice",
      ask("chord.notify", { node: squatter }),
      refused,
      "nobody chooses a place",
    ),
    attack(
      "notify with another spelling",
      ask("chord.notify", { node: { ...neighbour.self, url: `${neighbour.self.url}/` } }),
      refused,
      "one address, one spelling",
    ),
    attack(
      "notify by nobody",
      ask("chord.notify", { node: stranger }),
      notified,
      "it is asked, and does not answer",
    ),
    attack(
      "notify by nobody, after us",
      ask("chord.notify", { node: stranger, as: "successor" }),
      notified,
      "the same",
    ),
    attack("notify by ourselves", ask("chord.notify", { node: node.self }), notified, "we know where we are"),
    attack(
      "notify as a friend",
      ask("chord.notify", { node: neighbour.self, as: "friend" }),
      refused,
      "no such neighbour",
    ),
    attack(
      "a leave in another's name",
      ask("chord.leave", { node: neighbour.self, predecessor: null, successors: [] }),
      notified,
      "the neighbour is asked, and is still a member",
    ),
    attack(
      "a leave that names heirs",
      ask("chord.leave", {
        node: neighbour.self,
        predecessor: stranger,
        successors: [stranger],
      }),
      notified,
      "the same, and nobody adopts them",
    ),
    attack(
      "a leave of an impostor",
      ask("chord.leave", { node: impostor, predecessor: null, successors: [] }),
      refused,
      "its id is of another address",
    ),
    attack(
      "our own leave",
      ask("chord.leave", { node: node.self, predecessor: null, successors: [] }),
      notified,
      "we stay",
    ),
    attack(
      "a restart in another's name",
      ask("chord.restarting", { node: neighbour.self, backWithinMs: 60_000 }),
      notified,
      "it answers, so it is there",
    ),
    attack(
      "a restart without end",
      ask("chord.restarting", { node: neighbour.self, backWithinMs: 60_001 }),
      refused,
      "a minute",
    ),
    attack(
      "a restart of an impostor",
      ask("chord.restarting", { node: impostor, backWithinMs: 1 }),
      refused,
      "as above",
    ),
    attack(
      "probe an address of choice",
      ask("chord.probe", { node: impostor }),
      refused,
      "we are nobody's port scanner",
    ),
    attack(
      "probe ourselves",
      ask("chord.probe", { node: node.self }),
      refused,
      "nobody is a witness for himself",
    ),
    attack(
      "look for an id of another width",
      ask("chord.lookupStep", { target: "40" }),
      refused,
      "40 digits",
    ),
    attack(
      "avoid everybody",
      ask("chord.lookupStep", { target: node.self.id, avoid: Array(17).fill(node.self.id) }),
      refused,
      "16",
    ),

    attack(
      "both kinds of end",
      ask("kv.put", { key: "open", value: "", ttlMs: 1, expiresAtMs: 1 }),
      refused,
      "which one?",
    ),
    attack(
      "an end past all time",
      ask("kv.put", { key: "open", value: "", ttlMs: Number.MAX_SAFE_INTEGER }),
      refused,
      "it was stored once, and then could not be told",
    ),
    attack(
      "a version from the future",
      ask("kv.put", {
        key: "open",
        value: "",
        version: target.record("open", hourMs).version,
        forwarded: true,
      }),
      "200 -32012 1",
      "it would win for ever",
    ),
    attack("a key that is no text", ask("kv.get", { key: "\ud800" }), refused, "half a pair"),
    attack("a key of 513 bytes", ask("kv.get", { key: "k".repeat(513) }), refused, "512"),
    attack("a list of more than a page", ask("kv.list", { limit: 1_001 }), refused, "1,000"),
    attack(
      "a list from nowhere",
      ask("kv.list", { after: { partition: -1, key: "" } }),
      refused,
      "no such place",
    ),
  ];
};
