import { asset } from "fresh/runtime";
import { csrfMeta } from "../client/page_session.ts";
import { takeFirstLook } from "../components/shell/first_look.ts";
import { Nav } from "../components/shell/Nav.tsx";
import { readPreferences, rootAttributes } from "../components/shell/preferences.ts";
import ShellBanners from "../islands/ShellBanners.tsx";
import ShellBar from "../islands/ShellBar.tsx";
import ShellId from "../islands/ShellId.tsx";
import ShellVisitor from "../islands/ShellVisitor.tsx";
import { define } from "../utils.ts";

/** The document around every page: header, navigation, banners; for strangers nothing but the page. */
export default define.page(async function Shell({ Component, req, state, url }) {
  const preferences = readPreferences(req.headers.get("cookie") ?? "");
  const { visitor } = state;
  const first = visitor === null ? null : await takeFirstLook(state.client, Date.now());
  return (
    <html lang="en" {...rootAttributes(preferences)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {visitor !== null && visitor.csrf !== null && <meta name={csrfMeta} content={visitor.csrf} />}
        <title>{`Rondo · ${state.cluster}`}</title>
        <link key="icon" rel="icon" type="image/svg+xml" href={asset("/icon.svg")} />
        <link key="styles" rel="stylesheet" href={asset("/styles.css")} />
      </head>
      {visitor === null
        ? (
          <body class="is-bare">
            <main id="content" tabIndex={-1}>
              <Component />
            </main>
          </body>
        )
        : (
          <body>
            <a class="skip-link" href="#content">Skip to content</a>
            <header class="shell-header">
              <div class="shell-ring">
                <span class="shell-label">ring</span>
                <a class="shell-cluster" href="/ring">{state.cluster}</a>
                <span class="shell-label">node</span>
                <ShellId id={state.selfId} />
              </div>
              {visitor.csrf !== null && <ShellVisitor name={visitor.name} role={visitor.role} />}
              <ShellBar first={first} preferences={preferences} />
            </header>
            <div class="shell-body">
              <Nav path={url.pathname} />
              <div class="shell-page">
                <ShellBanners first={first} />
                <main id="content" tabIndex={-1}>
                  <Component />
                </main>
                <footer class="shell-footer">
                  <p>
                    Rondo {first?.info.version ?? ""} at <span class="mono">{state.selfUrl}</span>
                  </p>
                  <p>
                    <a href="/openapi.json">REST interface</a> <a href="/ready">Readiness</a>
                  </p>
                </footer>
              </div>
            </div>
          </body>
        )}
    </html>
  );
});
