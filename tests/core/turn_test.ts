import { assertEquals, assertRejects } from "@std/assert";
import { Turn, Turns } from "../../core/turn.ts";

/** A task that notes when it begins and ends, and waits in between until it is let go. */
function tasks() {
  const log: string[] = [];
  const waiting = new Map<string, () => void>();
  return {
    log,
    task: (name: string) => async () => {
      log.push(`${name} begins`);
      await new Promise<void>((resolve) => waiting.set(name, resolve));
      log.push(`${name} ends`);
      return name;
    },
    letGo: (name: string) => waiting.get(name)?.(),
  };
}

/** Lets every promise that can settle do so. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("Turn.take() lets one task at a time through, in the order of arrival", async () => {
  const { log, task, letGo } = tasks();
  const turn = new Turn();
  const all = ["a", "b", "c"].map((name) => turn.take(task(name)));
  for (const name of ["a", "b", "c"]) {
    await settled();
    assertEquals(log.at(-1), `${name} begins`);
    letGo(name);
  }
  assertEquals(await Promise.all(all), ["a", "b", "c"]);
  assertEquals(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

Deno.test("Turn.take() frees the way when a task throws, and gives its error to whoever asked", async () => {
  const turn = new Turn();
  const failed = turn.take(() => Promise.reject(new Error("broken")));
  const next = turn.take(() => Promise.resolve("next"));
  await assertRejects(() => failed, Error, "broken");
  assertEquals(await next, "next");
});

Deno.test("Turns.take() takes turns by name and keeps other names apart", async () => {
  const { log, task, letGo } = tasks();
  const turns = new Turns<string>();
  const all = [turns.take("x", task("x1")), turns.take("y", task("y1")), turns.take("x", task("x2"))];
  await settled();
  assertEquals(log, ["x1 begins", "y1 begins"]);
  letGo("x1");
  await settled();
  assertEquals(log.at(-1), "x2 begins");
  letGo("x2");
  letGo("y1");
  await Promise.all(all);
});

Deno.test("Turns.take() keeps its order when a name is taken again at the moment it comes free", async () => {
  const turns = new Turns<string>();
  const log: string[] = [];
  const add = (name: string) => turns.take("x", () => Promise.resolve(log.push(name)));
  await Promise.all([add("1").then(() => Promise.all([add("3"), add("4")])), add("2")]);
  assertEquals(log, ["1", "2", "3", "4"]);
});

Deno.test("Turns.take() is free again after a task that throws", async () => {
  const turns = new Turns<string>();
  await assertRejects(() => turns.take("x", () => Promise.reject(new Error("broken"))), Error, "broken");
  assertEquals(await turns.take("x", () => Promise.resolve("next")), "next");
});
