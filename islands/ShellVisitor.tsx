import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ownFetch } from "../client/page_session.ts";
import { signInPath } from "../client/local_path.ts";
import { Menu } from "../components/shell/Menu.tsx";
import type { Role } from "../core/role.ts";

/** Who is signed in, what that is good for, and the way out. */
export default function ShellVisitor({ name, role }: { name: string; role: Role }): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const signOut = async () => {
    const headers = { "content-type": "application/json" };
    const { ok, status } = await ownFetch("/api/session", { method: "DELETE", headers })
      .catch(() => ({ ok: false, status: 0 }));
    if (ok || status === 401) location.assign(signInPath);
    else setProblem("The node did not take it. Try again.");
  };
  return (
    <Menu
      label="Signed in as"
      button={<span class="shell-visitor">{`${name} · ${role}`}</span>}
      class="pill visitor-menu"
    >
      <h2>{name}</h2>
      <p>{roleWords[role]}</p>
      <button type="button" onClick={signOut}>Sign out</button>
      {problem !== null && <p class="problem" role="alert">{problem}</p>}
    </Menu>
  );
}

const roleWords: Readonly<Record<Role, string>> = {
  read: "May look at everything and change nothing.",
  write: "May read and write keys.",
  operator: "May write keys, and maintain nodes and the ring.",
  admin: "May do everything.",
};
