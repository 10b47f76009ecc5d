/** Generous, because a busy machine is no failure; a sound ring takes a hundredth of it. */
const patienceMs = 30_000;
const pauseMs = 50;

/**
 * Waits until the check no longer throws, and gives what it gave.
 *
 * @throws what the check threw last, when it has not held for half a minute.
 */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  while (true) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= untilMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
