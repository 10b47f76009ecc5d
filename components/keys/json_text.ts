const indent = "  ";
/** Strings whole, then the marks, then all else that is no space: numbers and words. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * JSON with one member a line; null for what is no JSON.
 *
 * The text itself is set out anew rather than what `JSON.parse` makes of it: that would round long numbers and drop
 * members that are there twice, and so show what is not stored.
 */
export function indented(text: string): string | null {
  if (!isJson(text)) return null;
  const parts: string[] = [];
  let depth = 0;
  let last = "";
  for (const [token] of text.matchAll(tokens)) {
    const isEnd = token === "}" || token === "]";
    const wasBegin = last === "{" || last === "[";
    if (isEnd) depth--;
    if (isEnd ? !wasBegin : wasBegin || last === ",") parts.push("\n", indent.repeat(depth));
    parts.push(token === ":" ? ": " : token);
    if (token === "{" || token === "[") depth++;
    last = token;
  }
  return parts.join("");
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
