import { PageHead } from "../components/shell/PageHead.tsx";
import OpsPage from "../islands/OpsPage.tsx";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <>
    <PageHead title="Operations" cluster={state.cluster} selfId={state.selfId} style="ops" />
    <OpsPage
      selfUrl={state.selfUrl}
      cluster={state.cluster}
      role={state.visitor?.role ?? "read"}
      allowKill={state.allowKill}
    />
  </>
));
