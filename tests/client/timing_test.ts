import { assertEquals } from "@std/assert";
import { realTiming } from "../../client/mod.ts";

Deno.test("realTiming.sleep() ends by itself, or with its signal, and leaves no timer behind", async () => {
  await realTiming.sleep(0);
  const controller = new AbortController();
  const woken = realTiming.sleep(3_600_000, controller.signal);
  controller.abort();
  await woken;
  await realTiming.sleep(3_600_000, controller.signal);
});

Deno.test("realTiming.after() calls back, unless it is cancelled", async () => {
  const called: string[] = [];
  realTiming.after(0, () => called.push("cancelled"))();
  await new Promise<void>((resolve) => realTiming.after(0, resolve));
  assertEquals(called, []);
});
