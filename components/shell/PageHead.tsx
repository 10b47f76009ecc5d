import type { JSX } from "preact";
import { asset, Head } from "fresh/runtime";
import { shortId } from "../ring/words.ts";

interface PageHeadProps {
  readonly title: string;
  readonly cluster: string;
  readonly selfId: string;
  /** Name of the page's own style sheet: `ring` of `static/ring.css`. */
  readonly style?: string;
}

/** What a page has to say in `<head>`, and its heading. */
export function PageHead({ title, cluster, selfId, style }: PageHeadProps): JSX.Element {
  return (
    <>
      <Head>
        <title>{`${title} · ${cluster} · ${shortId(selfId, 4)}`}</title>
        {style !== undefined && <link key="page" rel="stylesheet" href={asset(`/${style}.css`)} />}
      </Head>
      <h1>{title}</h1>
    </>
  );
}
