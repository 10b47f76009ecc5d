import { type Job, runJob } from "./jobs.ts";

/** A worker's side of `Worker`, which the library of a window does not name. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as WorkerScope;
Error.stackTraceLimit = 0;

scope.onmessage = async ({ data }) => {
  scope.postMessage(await runJob(data));
};
