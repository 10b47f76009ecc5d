import type { JSX, TargetedEvent } from "preact";
import { useState } from "preact/hooks";

/** Shows a token to the node, which gives a cookie for it, and goes on to the page that was wanted. */
export default function SignInForm({ next }: { next: string }): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: TargetedEvent<HTMLFormElement, SubmitEvent>) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token") ?? "").trim();
    setIsBusy(true);
    const why = await signIn(token);
    if (why === null) return location.assign(next);
    setProblem(why);
    setIsBusy(false);
  };
  return (
    <form onSubmit={submit}>
      <label class="field">
        <span>Token</span>
        <input
          class="mono"
          type="password"
          name="token"
          autocomplete="current-password"
          required
          aria-describedby="sign-in-hint"
        />
        <span class="field-hint" id="sign-in-hint">
          It begins with rondo_; deno task keys token makes one.
        </span>
      </label>
      <p class="field-problem" role="alert">{problem}</p>
      <button type="submit" class="primary" disabled={isBusy}>{isBusy ? "Signing in…" : "Sign in"}</button>
      <noscript>
        <p class="is-warn">This takes scripts.</p>
      </noscript>
    </form>
  );
}

/** Null when the node has taken the token; else why not. */
async function signIn(token: string): Promise<string | null> {
  try {
    const response = await fetch("/api/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (response.ok) return null;
    if (response.status === 401) {
      return "The node does not know this token. It may be mistyped, expired or revoked.";
    }
    const { error } = await response.json();
    return `${error.message}.`;
  } catch {
    return "The node does not answer.";
  }
}
