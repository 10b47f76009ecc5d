import type { Browser, Page } from "../../bench/browser.ts";

export interface PageLook {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  /** A browser logs answers that say no as errors, though they are answers. */
  readonly expects?: RegExp;
}

export interface OpenedPage {
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: readonly string[];
}

/** A page of the console as somebody has it on a screen, and what its browser says of it. */
export async function openPage(browser: Browser, look: PageLook = {}): Promise<OpenedPage> {
  const { width = 1440, scheme = "light", expects } = look;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => {
    complaints.push(`a script of somebody ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    const isTrouble = message.type() === "error" || message.type() === "warning";
    if (isTrouble && expects?.test(message.text()) !== true) complaints.push(message.text());
  });
  return { page, complaints };
}

/** How much wider a page is than the screen; an expression for the browser. */
export const overflow = "document.documentElement.scrollWidth - innerWidth";
