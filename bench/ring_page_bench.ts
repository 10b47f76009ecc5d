import { type Page, withBrowser } from "./browser.ts";
import type { Figure, Measurement } from "./figure.ts";
import { SyntheticSite } from "./synthetic_site.ts";

const manyNodes = 500;
const fewNodes = 5;
/** Two frames of a screen that shows 60 a second. */
const frameBudgetMs = 34;
const walkedWithinMs = 120_000;
/** As fast as a key repeats that is held down. */
const keyEveryMs = 33;

/** Into the ring, round it, out again, the other way round: each a key that the ring knows. */
const turn: readonly string[] = [
  ...["+", "+", "+", "ArrowRight", "ArrowRight", "ArrowRight", "-", "-", "-"],
  ...["PageDown", "ArrowLeft", "ArrowLeft", "+", "+", "s", "b", "-", "-"],
];
/** In steps of a wheel: into the ring and out, and beside it down to the table and back. */
const zoomSteps: readonly number[] = [-120, -120, -120, 120, 120, 120];
const scrollSteps: readonly number[] = [120, 120, 120, -120, -120, -120];

/** Counts the time from frame to frame for as long as the page is there. */
const watchFrames = `
  globalThis.frameTimes = [];
  let lastMs = performance.now();
  const onFrame = (nowMs) => {
    globalThis.frameTimes.push(nowMs - lastMs);
    lastMs = nowMs;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
`;

/** How smoothly the page of a large ring moves under the hands of its visitor, and while the ring is walked. */
export const ringPageBench: Measurement = {
  name: "ring-page",
  run: async (seconds) => {
    const few = await framesOf(fewNodes, (seconds * 1_000) / 2);
    const many = await framesOf(manyNodes, (seconds * 1_000) / 2);
    return [
      handledFigure(many.handled, few.handled),
      {
        name: `/ring of ${manyNodes} nodes, while walked for the first time: frames`,
        measured: textOf(many.walked),
        against: `${fewNodes} nodes: ${textOf(few.walked)}`,
        target: "-",
        isMet: null,
      },
      {
        name: `/ring of ${manyNodes} nodes, until all are seen`,
        measured: `${(many.walkMs / 1_000).toFixed(1)} s`,
        against: `${fewNodes} nodes: ${(few.walkMs / 1_000).toFixed(1)} s`,
        target: "-",
        isMet: null,
      },
    ];
  },
};

/** Milliseconds from frame to frame. */
interface Frames {
  readonly walked: readonly number[];
  readonly handled: readonly number[];
  /** From the first HTML on. */
  readonly walkMs: number;
}

async function framesOf(nodes: number, ms: number): Promise<Frames> {
  await using site = SyntheticSite.open(nodes);
  let frames: Frames | null = null;
  await withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    await page.goto(`${site.url}/ring`);
    await page.evaluate(watchFrames);
    const startedAtMs = performance.now();
    // Looked for in its place only: to read through the whole page would be a load of its own.
    const notice = page.locator(".ring-notice", { hasText: `All of ${nodes} nodes answered` });
    await notice.waitFor({ timeout: walkedWithinMs });
    const walkMs = performance.now() - startedAtMs;
    const walked = await takeFrames(page);
    await handle(page, ms);
    frames = { walked, walkMs, handled: await takeFrames(page) };
  });
  if (frames === null) throw new Error("Cannot measure: the browser showed no page");
  return frames;
}

async function takeFrames(page: Page): Promise<number[]> {
  return await page.evaluate("globalThis.frameTimes.splice(0)") as number[];
}

/** What a visitor does who looks about: zooms, goes round, scrolls. Walks go on meanwhile. */
async function handle(page: Page, ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  await page.locator('[data-ring-focus][tabindex="0"]').first().focus();
  const { x = 0, y = 0 } = await page.locator(".ring-svg").boundingBox() ?? {};
  const wheel = async (steps: readonly number[], left: number) => {
    await page.mouse.move(left, y + 5);
    for (const step of steps) {
      await page.mouse.wheel(0, step);
      await pause(keyEveryMs);
    }
  };
  while (performance.now() < untilMs) {
    for (const key of turn) {
      await page.keyboard.press(key);
      await pause(keyEveryMs);
    }
    await wheel(zoomSteps, x + 5);
    await wheel(scrollSteps, x - 5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function handledFigure(many: readonly number[], few: readonly number[]): Figure {
  return {
    name: `/ring of ${manyNodes} nodes, handled by keys and wheel: frames`,
    measured: textOf(many),
    against: `${fewNodes} nodes: ${textOf(few)}`,
    target: `p95 under ${frameBudgetMs} ms`,
    isMet: shareMs(many, 0.95) < frameBudgetMs,
  };
}

function textOf(frames: readonly number[]): string {
  const [p50, p95] = [shareMs(frames, 0.5), shareMs(frames, 0.95)];
  return `p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, max ${
    Math.max(...frames).toFixed(0)
  } ms of ${frames.length}`;
}

/** The time that no more than the given share of frames stays below; no frames are no measurement. */
function shareMs(frames: readonly number[], share: number): number {
  const sorted = frames.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Infinity;
}
