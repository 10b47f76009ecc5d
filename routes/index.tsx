import { page } from "fresh";
import { loadNodePage } from "../components/node/node_page_data.ts";
import { PageHead } from "../components/shell/PageHead.tsx";
import NodePage from "../islands/NodePage.tsx";
import { define } from "../utils.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ initial: await loadNodePage(ctx.state.client) }),
});

export default define.page<typeof handler>(({ data, state }) => (
  <>
    <PageHead title="Node" cluster={state.cluster} selfId={state.selfId} style="node" />
    <NodePage
      selfUrl={state.selfUrl}
      cluster={state.cluster}
      role={state.visitor?.role ?? "read"}
      initial={data.initial}
    />
  </>
));
