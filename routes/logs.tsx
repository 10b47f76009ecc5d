import { PageHead } from "../components/shell/PageHead.tsx";
import LogsPage from "../islands/LogsPage.tsx";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <>
    <PageHead title="Logs" cluster={state.cluster} selfId={state.selfId} style="logs" />
    <LogsPage selfUrl={state.selfUrl} cluster={state.cluster} />
  </>
));
