import { signal } from "@preact/signals";
import { parse } from "devalue";
import { type ComponentChildren, type ComponentType, h, options } from "preact";
import { renderBetween } from "./browser/ghost_element.ts";
import { type MarkedRange, markedRanges, type Revived, toElements } from "./browser/island_dom.ts";
import {
  lockSources,
  markCurrent,
  markName,
  type PageState,
  setBuildId,
  slotTemplateId,
  stateId,
} from "./shared.ts";

/** Runs in the browser: gives the islands of a page back their life. */

/** What the islands may place, by the number of the slot. */
const slots = new Map<number, ComponentChildren>();
/** Islands of which the HTML parser has torn the marks apart, because they may not stand where they do. */
const torn = new Set<number>();

await revive();

async function revive(): Promise<void> {
  const text = document.getElementById(stateId)?.textContent;
  if (!text) return;
  const state: PageState = parse(text, {
    Signal: ([value]: [unknown]) => signal(value),
    Slot: ([slot]: [number]) => h(Slot, { slot }),
  });
  setBuildId(state.buildId);
  dressElements();
  const islands = await load(state);
  const ranges = outermost([...markedRanges(document.body, markName.island, (index) => torn.add(index))]);
  collectSlots(islands);
  for (const index of torn) {
    complain(state, index, "its marks are torn apart: it may not stand where it does");
  }
  for (const { index, start, end } of ranges) {
    const island = islands.get(index);
    if (island === undefined) continue;
    try {
      renderBetween(start, end, h(island.component, island.props));
    } catch (error) {
      complain(state, index, error);
    }
  }
}

/** A module that does not load takes its islands with it, and no others. */
async function load({ folder, islands }: PageState): Promise<Map<number, Revived>> {
  const scripts = [...new Set(islands.map(([script]) => script))];
  const loaded = await Promise.allSettled(scripts.map((script) => import(`${folder}${script}`)));
  const modules = new Map(scripts.map((script, at) => [script, loaded[at]]));
  const revived = new Map<number, Revived>();
  for (const [index, [script, exportName, props]] of islands.entries()) {
    const outcome = modules.get(script);
    if (outcome?.status === "fulfilled") {
      const component: ComponentType = outcome.value[exportName];
      revived.set(index, { component, props });
    } else {
      report(`Cannot load the island ${exportName} of ${script}`, outcome?.reason);
    }
  }
  return revived;
}

/** Reads all slots before anything is rendered, for what is rendered takes their nodes over. */
function collectSlots(islands: ReadonlyMap<number, Revived>): void {
  const templates = [
    ...document.querySelectorAll<HTMLTemplateElement>(`template[id^="${slotTemplateId("")}"]`),
  ];
  for (const root of [document.body, ...templates.map(({ content }) => content)]) {
    for (const { index, start, end } of markedRanges(root, markName.slot, () => {})) {
      slots.set(index, toElements(start.nextSibling, end, islands));
    }
  }
  for (const { id, content } of templates) {
    slots.set(Number(id.slice(slotTemplateId("").length)), toElements(content.firstChild, null, islands));
  }
}

function Slot({ slot }: { slot: number }): ComponentChildren {
  return slots.get(slot);
}

/** Islands within others come to life with them. */
function outermost(ranges: readonly MarkedRange[]): MarkedRange[] {
  let end: Comment | null = null;
  return ranges.filter((range) => {
    const position = end?.compareDocumentPosition(range.start) ?? Node.DOCUMENT_POSITION_FOLLOWING;
    if ((position & Node.DOCUMENT_POSITION_FOLLOWING) === 0) return false;
    end = range.end;
    return true;
  });
}

/** Does to the elements of islands what the server did to them. */
function dressElements(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as Record<string, unknown>;
    if (vnode.type === "a") markCurrent(props, new URL(location.href));
    if (vnode.type === "img" || vnode.type === "source") lockSources(props);
    before?.(vnode);
  };
}

function complain({ islands }: PageState, index: number, reason: unknown): void {
  const [script, exportName] = islands[index] ?? [];
  report(`Cannot revive the island ${exportName} of ${script}`, reason);
}

function report(message: string, reason: unknown): void {
  // deno-lint-ignore no-console -- whoever made the page looks for it there
  console.error(message, reason);
}
