import type { JSX } from "preact";
import type { NodeInfo } from "../../core/protocol.ts";
import { count, duration } from "../ring/words.ts";

interface AboutProps {
  readonly info: NodeInfo | null;
  readonly selfUrl: string;
  readonly cluster: string;
}

/** What else the node offers; each of these paths answers. */
export const aboutLinks: readonly (readonly [path: string, meaning: string])[] = [
  ["/openapi.json", "REST interface, as an OpenAPI document"],
  ["/metrics", "what it counts, for Prometheus"],
  ["/health", "whether the process answers"],
  ["/ready", "whether the node takes work, or why not"],
  ["/api/node/info", "what the node says of itself"],
];

/** What the console is made with, in the browser. */
const licences: readonly (readonly [name: string, licence: string])[] = [
  ["Rondo", "MIT"],
  ["Preact and its signals", "MIT"],
  ["D3", "ISC"],
  ["Zod", "MIT"],
  ["noble-hashes", "MIT"],
  ["devalue", "MIT"],
];

export function About({ info, selfUrl, cluster }: AboutProps): JSX.Element {
  return (
    <section class="card" aria-labelledby="settings-about">
      <h2 id="settings-about">About this node</h2>
      <dl class="settings-facts">
        {factsOf({ info, selfUrl, cluster }).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3>Interfaces</h3>
      <ul>
        {aboutLinks.map(([path, meaning]) => (
          <li key={path}>
            <a class="mono" href={path}>{path}</a>: {meaning}
          </li>
        ))}
      </ul>
      <h3>Licences</h3>
      <ul class="settings-licences">
        {licences.map(([name, licence]) => <li key={name}>{`${name}: ${licence}`}</li>)}
      </ul>
    </section>
  );
}

function factsOf({ info, selfUrl, cluster }: AboutProps): [name: string, value: string][] {
  const place: [string, string][] = [["Ring", cluster], ["Address", selfUrl]];
  if (info === null) return [...place, ["Version", "not known: the node gave no answer"]];
  return [
    ...place,
    ["Id", info.id],
    ["Version", `${info.version}, protocol ${info.protocol}`],
    ["Up for", duration(info.uptimeMs)],
    ["Life", `${count(info.incarnation)} of this data`],
    ["Circle", `2^${info.bits} points by ${info.hash}, ${count(info.partitions)} partitions`],
    [
      "Copies",
      `${info.replicas} of each key; ${info.writeQuorum} confirm a write, ${info.readQuorum} a read`,
    ],
  ];
}
