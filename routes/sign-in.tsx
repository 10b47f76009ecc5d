import { Head } from "fresh/runtime";
import { localPath } from "../client/local_path.ts";
import SignInForm from "../islands/SignInForm.tsx";
import { define } from "../utils.ts";

/** Where a browser shows a token once. */
export default define.page(({ state, url }) => {
  const next = localPath(url.searchParams.get("next"));
  return (
    <section class="card sign-in">
      <Head>
        <title>{`Sign in · ${state.cluster}`}</title>
      </Head>
      <h1>Sign in</h1>
      <p>
        Ring <strong>{state.cluster}</strong>, node <span class="mono">{state.selfUrl}</span>
      </p>
      {state.visitor !== null
        ? (
          <p>
            This node knows you as <strong>{state.visitor.name}</strong> with the role {state.visitor.role}.
            {" "}
            <a href={next}>Go on</a>
          </p>
        )
        : state.tunnelTo === null
        ? <SignInForm next={next} />
        : <Tunnel to={state.tunnelTo} url={state.selfUrl} />}
    </section>
  );
});

/** Without TLS a cookie would be for whoever is on the way. */
function Tunnel({ to, url }: { to: string; url: string }) {
  const { hostname, port } = new URL(url);
  return (
    <>
      <p>
        This node speaks plain HTTP, so nobody can sign in from another machine: whoever is on the way would
        read along. Open a tunnel, leave it open, and go to{" "}
        <span class="mono">http://127.0.0.1:{port || "80"}</span>:
      </p>
      <pre class="mono">ssh -N -L {port || "80"}:{hostname}:{port || "80"} {to}</pre>
      <p>Programs show their token with each request instead, and need no session.</p>
    </>
  );
}
