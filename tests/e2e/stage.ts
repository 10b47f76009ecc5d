import { assertEquals } from "@std/assert";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { withBrowser } from "../../bench/browser.ts";
import { Cluster, type ClusterOptions, type Place } from "../cluster/cluster.ts";

/** How the last sentence of a trace ends: the owner was named, was the start itself, or said so. */
export const ownerFound = /owns it\.|owns the key itself|it is the owner/;

/** How a page is looked at. */
export interface Look {
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  /** Whether the visitor has asked for less motion. */
  readonly isCalm?: boolean;
  /** Answers of these statuses are no complaint, where the story provokes them. */
  readonly expects?: readonly number[];
  /** Nor are requests without an answer, while a node is away. */
  readonly isNodeAway?: boolean;
  /** Has to sign in first, so there is nothing live to wait for. */
  readonly isStranger?: boolean;
}

/** A real ring, and visitors with real browsers. */
export class Stage {
  readonly #open: Visit[] = [];

  private constructor(readonly cluster: Cluster, readonly browser: Browser) {}

  /** Tells a story about a ring of so many processes and those who look at it. */
  static async tell(
    nodes: number,
    story: (stage: Stage) => Promise<void>,
    options: Omit<ClusterOptions, "places"> = {},
  ): Promise<void> {
    await Cluster.tell({ ...options, places: nodes }, async (cluster) => {
      await withBrowser(async (browser) => {
        const stage = new Stage(cluster, browser);
        await story(stage);
        for (const visit of stage.#open) await visit.end();
      });
    });
  }

  /** Opens a page at a node; what goes wrong in it fails the story when the visit ends. */
  async visit(place: Place, path: string, look: Look = {}): Promise<Visit> {
    const context = await this.browser.newContext({
      viewport: { width: look.width ?? 1_440, height: 900 },
      colorScheme: look.scheme ?? "light",
      reducedMotion: look.isCalm === true ? "reduce" : "no-preference",
      acceptDownloads: true,
    });
    const visit = new Visit(this, context, await context.newPage(), place, look);
    this.#open.push(visit);
    if (look.isStranger === true) await visit.page.goto(place.url + path);
    else await visit.go(path);
    return visit;
  }

  /** One visit, from its beginning to its end. */
  async during(
    place: Place,
    path: string,
    look: Look,
    run: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    const visit = await this.visit(place, path, look);
    await run(visit);
    await visit.end();
  }

  forget(visit: Visit): void {
    const at = this.#open.indexOf(visit);
    if (at >= 0) this.#open.splice(at, 1);
  }
}

/** A page that somebody looks at. Its complaints are collected: a console is silent, and stays with its ring. */
export class Visit {
  readonly complaints: string[] = [];

  constructor(
    readonly stage: Stage,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly place: Place,
    look: Look,
  ) {
    const { expects = [], isNodeAway = false } = look;
    const own = new Set(stage.cluster.places.map(({ url }) => new URL(url).host));
    page.on("pageerror", (error) => void this.complaints.push(`thrown: ${error.message}`));
    page.on("console", (message) => {
      const isSilence = message.text().includes("net::ERR_") ||
        message.text().includes("WebSocket connection");
      const isExpected = expects.some((status) => message.text().includes(`status of ${status} `));
      if (message.type() !== "error") return;
      if ((isSilence && isNodeAway) || isExpected) return;
      this.complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      const isOutside = url.protocol.startsWith("http") && !own.has(url.host);
      if (isOutside) this.complaints.push(`foreign request: ${request.url()}`);
    });
  }

  async go(path: string): Promise<void> {
    await this.page.goto(this.place.url + path);
    // Before its islands are alive, a page shows everything and hears nothing.
    await this.page.locator(".shell-header").getByText("Live", { exact: true }).first().waitFor();
  }

  /** The page itself never scrolls sideways. */
  async overflow(): Promise<number> {
    return await this.page.evaluate("document.documentElement.scrollWidth - innerWidth") as number;
  }

  async end(): Promise<void> {
    this.stage.forget(this);
    await this.context.close();
    assertEquals(this.complaints, [], this.page.url());
  }
}
