import type { ChordNode } from "./chord_node.ts";
import { ChordError, InvalidParamsError } from "./errors.ts";
import type { Id } from "./id.ts";

/** @throws InvalidParamsError for an id of another circle. */
export function checkWidth({ space }: ChordNode, id: Id): void {
  if (space.isId(id)) return;
  throw new InvalidParamsError(`Cannot use the id "${id}": it takes ${space.digits} hex digits`);
}

/** Lets a task go on after the answer. What peers do wrong in it is theirs; anything else is a bug. */
export function inBackground({ ports }: ChordNode, what: string, task: Promise<unknown>): void {
  task.catch((error) => {
    const level = error instanceof ChordError ? "debug" : "error";
    ports.log(level, "taskFailed", { what, error });
  });
}
