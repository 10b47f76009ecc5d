import { PageHead } from "../components/shell/PageHead.tsx";
import RingPage from "../islands/RingPage.tsx";
import { define } from "../utils.ts";

export default define.page(({ state }) => (
  <>
    <PageHead title="Ring" cluster={state.cluster} selfId={state.selfId} style="ring" />
    <RingPage selfUrl={state.selfUrl} cluster={state.cluster} />
  </>
));
