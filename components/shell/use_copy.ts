import { useEffect, useState } from "preact/hooks";

/** How long it is said that something was copied. */
const thanksMs = 1_500;

/** `refused`: the browser does not let the page copy, as over plain HTTP; the text has to be shown instead. */
export type CopyState = "idle" | "copied" | "refused";

/** What has become of copying the text, and the way to copy it. */
export function useCopy(text: string): { readonly state: CopyState; readonly copy: () => Promise<void> } {
  const [state, setState] = useState<CopyState>("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), thanksMs);
    return () => clearTimeout(timer);
  }, [state]);
  return { state, copy: async () => setState(await tryToCopy(text) ? "copied" : "refused") };
}

async function tryToCopy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
