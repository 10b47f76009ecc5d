import fs from "node:fs";
import type { Browser } from "playwright-core";

/** A real Chromium for measurements and tests: that of the package, or the one that RONDO_CHROMIUM names. */
export type { Browser, Page } from "playwright-core";

/** Starts a browser for as long as `run` takes. */
export async function withBrowser(run: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await launch();
  try {
    await run(browser);
  } finally {
    await browser.close();
  }
}

async function launch(): Promise<Browser> {
  const { chromium } = await loadPlaywright();
  const { executablePath, env } = await (browserPlace ??= findBrowser());
  return await chromium.launch({ executablePath, env, args: ["--no-sandbox", "--disable-gpu"] });
}

interface BrowserPlace {
  readonly executablePath: string;
  readonly env: Record<string, string>;
}

let browserPlace: Promise<BrowserPlace> | null = null;

/** The environment that the package asks for is the browser's alone: other tests start processes too. */
async function findBrowser(): Promise<BrowserPlace> {
  const before = Deno.env.toObject();
  try {
    const executablePath = Deno.env.get("RONDO_CHROMIUM") ?? await packagedChromium();
    return { executablePath, env: Deno.env.toObject() };
  } finally {
    for (const name of Object.keys(Deno.env.toObject())) {
      const value = before[name];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

/** The package brings the libraries that Chromium needs, but unpacks them only for the place it was made for. */
async function packagedChromium(): Promise<string> {
  if (Deno.env.get("AWS_EXECUTION_ENV") === undefined) {
    Deno.env.set("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs22.x");
  }
  const { default: sparticuz } = await import("@sparticuz/chromium");
  return await sparticuz.executablePath();
}

/** It looks into /proc when it is loaded, which Deno permits to nobody but those who may do everything. */
async function loadPlaywright(): Promise<typeof import("playwright-core")> {
  const { existsSync } = fs;
  fs.existsSync = (path) => {
    try {
      return existsSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return false;
      throw error;
    }
  };
  try {
    return await import("playwright-core");
  } finally {
    fs.existsSync = existsSync;
  }
}
