import { page } from "fresh";
import { takeFirstLook } from "../components/shell/first_look.ts";
import { PageHead } from "../components/shell/PageHead.tsx";
import { readPreferences } from "../components/shell/preferences.ts";
import SettingsPage from "../islands/SettingsPage.tsx";
import { define } from "../utils.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const first = await takeFirstLook(ctx.state.client, Date.now());
    const preferences = readPreferences(ctx.req.headers.get("cookie") ?? "");
    return page({ info: first?.info ?? null, preferences });
  },
});

export default define.page<typeof handler>(({ data, state }) => (
  <>
    <PageHead title="Settings" cluster={state.cluster} selfId={state.selfId} style="settings" />
    <SettingsPage selfUrl={state.selfUrl} cluster={state.cluster} {...data} />
  </>
));
