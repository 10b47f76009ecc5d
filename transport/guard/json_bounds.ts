/** What JSON may be made of, whatever it says. */
export interface JsonBounds {
  /** Lists and objects within each other. Validators go down by calling themselves. */
  readonly depthMax: number;
  /** Elements of one list. */
  readonly elementsMax: number;
  /** Members of one object. */
  readonly membersMax: number;
}

/** What clients send: nothing of ours has longer lists (reliability.md, section 3.3). */
export const clientBounds: JsonBounds = { depthMax: 32, elementsMax: 10_000, membersMax: 1_000 };

/** Nodes tell each other about partitions one by one, of which a ring has up to 65,536 (core/partition.ts). */
export const rpcBounds: JsonBounds = { ...clientBounds, elementsMax: 65_536 };

/** Shorter JSON cannot hold enough of anything to do harm, and is not looked through: a call costs nothing. */
export const harmlessBytes = 1_024;

/** The JSON is made to be a burden. Nothing was made of it. */
export class JsonBoundsError extends SyntaxError {
  override readonly name = "JsonBoundsError";
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const [listBegins, listEnds] = [0x5b, 0x5d];
const [objectBegins, objectEnds] = [0x7b, 0x7d];

/**
 * Looks JSON through without making anything of it, in a fraction of the time that parsing takes. What is no JSON is
 * left to the parser.
 *
 * @throws JsonBoundsError
 */
export function checkBounds(json: Uint8Array, { depthMax, elementsMax, membersMax }: JsonBounds): void {
  if (json.length <= harmlessBytes) return;
  /** Of each list and object that is open, how many more may come in it. Commas outside of all are none of ours. */
  const left = new Float64Array(depthMax + 1).fill(Infinity, 0, 1);
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case quote:
        at = endOfText(json, at);
        break;
      case comma:
        left[depth] = (left[depth] ?? 0) - 1;
        if (left[depth] === -1) throw new JsonBoundsError("too many in one list or object");
        break;
      case listBegins:
      case objectBegins:
        if (++depth > depthMax) throw new JsonBoundsError(`nested deeper than ${depthMax}`);
        left[depth] = (json[at] === listBegins ? elementsMax : membersMax) - 1;
        break;
      case listEnds:
      case objectEnds:
        if (depth > 0) depth--;
    }
  }
}

/** Texts up to this length are looked through by hand; for longer ones it pays to search. */
const shortTextBytes = 128;

/** Where the text that begins at `begin` has its closing quote; the end of all when it has none. */
function endOfText(json: Uint8Array, begin: number): number {
  for (let at = begin + 1; at < json.length; at++) {
    for (const shortEnd = at + shortTextBytes; at < shortEnd; at++) {
      if (json[at] === quote) return at;
      if (json[at] === backslash) at++;
    }
    const end = json.indexOf(quote, at);
    if (end === -1) break;
    if (!isEscaped(json, end, at)) return end;
    at = end;
  }
  return json.length;
}

/** @param begin where no escape is under way. */
function isEscaped(json: Uint8Array, end: number, begin: number): boolean {
  let at = end - 1;
  while (at >= begin && json[at] === backslash) at--;
  return (end - at) % 2 === 0;
}
