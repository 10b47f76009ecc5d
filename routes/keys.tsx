import { PageHead } from "../components/shell/PageHead.tsx";
import KeysPage from "../islands/KeysPage.tsx";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <>
    <PageHead title="Keys" cluster={state.cluster} selfId={state.selfId} style="keys" />
    <KeysPage selfUrl={state.selfUrl} cluster={state.cluster} role={state.visitor?.role ?? "read"} />
  </>
));
