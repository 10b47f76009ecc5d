import { PageHead } from "../components/shell/PageHead.tsx";
import SettingsPage from "../islands/SettingsPage.tsx";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <>
    <PageHead title="Settings" cluster={state.cluster} selfId={state.selfId} style="settings" />
    <SettingsPage selfUrl={state.selfUrl} cluster={state.cluster} />
  </>
));
